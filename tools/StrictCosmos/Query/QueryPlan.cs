using System.Buffers;
using System.Text;
using System.Text.Json;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>
/// Creates the response to a request for a query plan. The plan tells the SDK which query to send to each partition, and how to merge the
/// results. An ordered query is rewritten so that each result contains the item and its values for the ORDER BY properties.
/// </summary>
internal static class QueryPlan
{
    /// <summary>A placeholder that the SDK replaces with <c>true</c> or, when it resumes a query, with a filter.</summary>
    private const string FilterPlaceholder = "{documentdb-formattableorderbyquery-filter}";

    private const int Version = 2;

    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Describe(SqlQuery query)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        writer.WriteNumber("partitionedQueryExecutionInfoVersion", Version);
        writer.WriteStartObject("queryInfo");
        writer.WriteString("distinctType", "None");
        foreach (var unsupported in (ReadOnlySpan<string>)["top", "offset", "limit"])
        {
            writer.WriteNull(unsupported);
        }
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
        foreach (var unsupported in (ReadOnlySpan<string>)["groupByExpressions", "groupByAliases", "aggregates"])
        {
            writer.WriteStartArray(unsupported);
            writer.WriteEndArray();
        }
        writer.WriteStartObject("groupByAliasToAggregateType");
        writer.WriteEndObject();
        writer.WriteString("rewrittenQuery", Rewrite(query));
        writer.WriteBoolean("hasSelectValue", false);
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

    /// <returns>The query to send to each partition. Empty when the SDK can send the original query.</returns>
    private static string Rewrite(SqlQuery query)
    {
        if (query.OrderBy.Count == 0)
        {
            return "";
        }
        var alias = query.Alias;
        var text = new StringBuilder($"SELECT {alias}._rid, [");
        text.AppendJoin(", ", query.OrderBy.Select(key => $"{{\"item\": {Expression(query, key)}}}"));
        text.Append("] AS orderByItems, ").Append(alias).Append(" AS payload FROM ").Append(alias).Append(" WHERE ");
        if (query.ConditionsText is { } conditions)
        {
            text.Append(conditions).Append(" AND ");
        }
        text.Append(FilterPlaceholder).Append(" ORDER BY ");
        text.AppendJoin(", ", query.OrderBy.Select(key => $"{Expression(query, key)} {(key.Descending ? "DESC" : "ASC")}"));
        return text.ToString();
    }

    private static string Expression(SqlQuery query, OrderKey key) =>
        query.Alias + string.Concat(key.Path.Select(name => $"[{JsonSerializer.Serialize(name)}]"));
}
