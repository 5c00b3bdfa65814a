using System.Text.Json;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>
/// The body of a query request. It contains the query and the values of its parameters. If the SDK resumes the query, the body also
/// contains the point at which to resume.
/// </summary>
internal sealed record QueryRequest(SqlQuery Query, ResumePoint? Resume)
{
    /// <exception cref="RefusedException">
    /// 400: the body or the query is malformed, or the query is outside the supported subset.
    /// </exception>
    public static QueryRequest Parse(ReadOnlyMemory<byte> body)
    {
        var root = StrictJson.Parse(body, "The body of the query");
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("query", out var text) || text.ValueKind != JsonValueKind.String)
        {
            throw RefusedException.BadRequest("The body of a query must have a string 'query'.");
        }
        try
        {
            var sql = text.GetString()!;
            if (sql.Length > ServiceLimits.QueryCharacters)
            {
                throw new SqlException($"A query must not exceed {ServiceLimits.QueryCharacters} characters.");
            }
            var query = SqlParser.Parse(sql);
            var resume = ResumePoint.Parse(root);
            if (resume is not null && resume.Values.Count != query.OrderBy.Count)
            {
                throw new SqlException("The resume filter does not have a value for each ORDER BY property.");
            }
            var parameters = ReadParameters(root);
            return new QueryRequest(query with { Conditions = [.. query.Conditions.Select(condition => Bind(condition, parameters))] }, resume);
        }
        catch (Exception malformed) when (malformed is SqlException or InvalidOperationException or FormatException)
        {
            throw RefusedException.BadRequest(malformed.Message);
        }
    }

    private static Condition Bind(Condition condition, Dictionary<string, JsonElement> parameters) =>
        condition.Parameter is null ? condition
        : parameters.TryGetValue(condition.Parameter, out var value) ? condition with { Value = value, Parameter = null }
        : throw new SqlException($"The parameter {condition.Parameter} has no value.");

    private static Dictionary<string, JsonElement> ReadParameters(JsonElement root)
    {
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (!root.TryGetProperty("parameters", out var parameters) || parameters.ValueKind == JsonValueKind.Null)
        {
            return values;
        }
        foreach (var parameter in parameters.EnumerateArray())
        {
            var name = parameter.TryGetProperty("name", out var named) ? named.GetString() : null;
            if (name is null || name.Length < 2 || name[0] != '@' || !parameter.TryGetProperty("value", out var value))
            {
                throw new SqlException("A parameter must have a name that begins with '@', and a value.");
            }
            if (!values.TryAdd(name, value) || values.Count > ServiceLimits.QueryParameters)
            {
                throw new SqlException($"The parameter {name} occurs twice, or there are more than {ServiceLimits.QueryParameters} parameters.");
            }
        }
        return values;
    }
}

/// <summary>
/// The <c>resumeFilter</c> in the SDK's request. It resumes an ordered query after the last item that was returned, which it identifies by
/// the item's sort values. The SDK sends the filter to partitions for which it has no continuation.
/// </summary>
/// <param name="Values">The values of the ORDER BY properties at which to resume.</param>
/// <param name="Exclude">Whether items with equal values have already been returned.</param>
internal sealed record ResumePoint(IReadOnlyList<JsonElement> Values, bool Exclude)
{
    /// <exception cref="SqlException">The filter is malformed.</exception>
    public static ResumePoint? Parse(JsonElement request)
    {
        if (!request.TryGetProperty("resumeFilter", out var filter) || filter.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        if (!filter.TryGetProperty("value", out var values) || values.ValueKind != JsonValueKind.Array)
        {
            throw new SqlException("The resume filter has no values.");
        }
        return new ResumePoint(
            [.. values.EnumerateArray().Select(Value)],
            filter.TryGetProperty("exclude", out var exclude) && exclude.ValueKind == JsonValueKind.True);
    }

    // The SDK sends an empty array for an undefined value. For an array or an object it sends a hash, which this server cannot compare.
    private static JsonElement Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => default,
        JsonValueKind.Object => throw new SqlException("StrictCosmos cannot resume a query at an array or an object."),
        _ => value,
    };
}
