using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>
/// The answer to a query plan request: what the SDK merges by itself, and the query that it sends to each partition.
/// Ordered queries are rewritten so that the order-by values come beside each item.
/// </summary>
internal static class QueryPlan
{
    /// <summary>Replaced by the SDK with a condition of its own when it resumes.</summary>
    private const string FilterPlaceholder = "{documentdb-formattableorderbyquery-filter}";

    private const int Version = 2;

    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Describe(QueryRequest request)
    {
        var query = request.Query;
        var offset = request.Count(query.Offset);
        var limit = request.Count(query.Limit);
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        writer.WriteNumber("partitionedQueryExecutionInfoVersion", Version);
        writer.WriteStartObject("queryInfo");
        writer.WriteString("distinctType", "None");
        WriteCount(writer, "top", request.Count(query.Top));
        WriteCount(writer, "offset", offset);
        WriteCount(writer, "limit", limit);
        writer.WriteStartArray("orderBy");
        foreach (var key in query.OrderBy)
        {
            writer.WriteStringValue(key.Descending ? "Descending" : "Ascending");
        }
        writer.WriteEndArray();
        writer.WriteStartArray("orderByExpressions");
        foreach (var key in query.OrderBy)
        {
            writer.WriteStringValue(Expression(query, key));
        }
        writer.WriteEndArray();
        foreach (var unused in (ReadOnlySpan<string>)["groupByExpressions", "groupByAliases", "aggregates"])
        {
            writer.WriteStartArray(unused);
            writer.WriteEndArray();
        }
        writer.WriteStartObject("groupByAliasToAggregateType");
        writer.WriteEndObject();
        writer.WriteString("rewrittenQuery", Rewrite(query, request.Count(query.Top), offset, limit));
        writer.WriteBoolean("hasSelectValue", query.SelectsValue);
        writer.WriteBoolean("hasNonStreamingOrderBy", false);
        writer.WriteEndObject();
        writer.WriteStartArray("queryRanges");
        writer.WriteStartObject();
        writer.WriteString("min", EffectivePartitionKey.RingStart);
        writer.WriteString("max", EffectivePartitionKey.RingEnd);
        writer.WriteBoolean("isMinInclusive", true);
        writer.WriteBoolean("isMaxInclusive", false);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenMemory;
    }

    /// <returns>Empty when each partition can be sent the query as it is.</returns>
    private static string Rewrite(SqlQuery query, int? top, int? offset, int? limit)
    {
        if (query.OrderBy.Count == 0 && offset is null)
        {
            return "";
        }
        var text = new StringBuilder("SELECT ");
        if (top is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"TOP {top} ");
        }
        var where = query.WhereText is null ? null : $"({query.WhereText})";
        if (query.OrderBy.Count == 0)
        {
            text.Append(query.SelectText);
        }
        else
        {
            var alias = query.Alias;
            var items = string.Join(", ", query.OrderBy.Select(key => $"{{\"item\": {Expression(query, key)}}}"));
            text.Append(CultureInfo.InvariantCulture, $"{alias}._rid, [{items}] AS orderByItems, {Payload(query)} AS payload");
            where = where is null ? FilterPlaceholder : $"{where} AND {FilterPlaceholder}";
        }
        text.Append(CultureInfo.InvariantCulture, $" FROM {query.Alias}");
        if (where is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $" WHERE {where}");
        }
        if (query.OrderBy.Count > 0)
        {
            text.Append(" ORDER BY ").AppendJoin(", ", query.OrderBy.Select(key => $"{Expression(query, key)} {(key.Descending ? "DESC" : "ASC")}"));
        }
        if (limit is not null)
        {
            // No partition knows which of its items the offset takes away.
            text.Append(CultureInfo.InvariantCulture, $" OFFSET 0 LIMIT {Math.Min((long)(offset ?? 0) + limit.Value, int.MaxValue)}");
        }
        return text.ToString();
    }

    private static string Payload(SqlQuery query) => query switch
    {
        { Select: null } => query.Alias,
        { SelectsValue: true } => query.SelectText["VALUE".Length..].Trim(),
        _ => $"{{{string.Join(", ", query.SelectedTexts.Select(selected => $"{JsonSerializer.Serialize(selected.Key)}: {selected.Value}"))}}}",
    };

    private static string Expression(SqlQuery query, OrderKey key) =>
        query.Alias + string.Concat(key.Path.Select(name => $"[{JsonSerializer.Serialize(name)}]"));

    private static void WriteCount(Utf8JsonWriter writer, string name, int? count)
    {
        if (count is { } value)
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
