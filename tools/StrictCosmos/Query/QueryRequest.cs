using System.Text.Json;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>The body of a query request: the text, its parameters, and where the SDK wants an ordered query resumed.</summary>
internal sealed class QueryRequest
{
    private readonly Dictionary<string, JsonElement> _parameters = new(StringComparer.Ordinal);

    private QueryRequest(SqlQuery query)
    {
        Query = query;
    }

    public SqlQuery Query { get; }

    public IReadOnlyDictionary<string, JsonElement> Parameters => _parameters;

    public ResumePoint? Resume { get; private init; }

    /// <exception cref="RefusedException">400 when the body or the query is malformed, or outside of the supported subset.</exception>
    public static QueryRequest Parse(ReadOnlyMemory<byte> body)
    {
        var root = StrictJson.Parse(body, "The body of the query");
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("query", out var text) || text.ValueKind != JsonValueKind.String)
        {
            throw RefusedException.BadRequest("The body of a query must have the text 'query'.");
        }
        try
        {
            var sql = text.GetString()!;
            if (sql.Length > ServiceLimits.QueryCharacters)
            {
                throw new SqlException($"A query must not exceed {ServiceLimits.QueryCharacters} characters.");
            }
            var request = new QueryRequest(SqlParser.Parse(sql)) { Resume = ResumePoint.Parse(root) };
            if (request.Resume is { } resume && resume.Values.Count != request.Query.OrderBy.Count)
            {
                throw new SqlException("The resume filter does not fit the order of the query.");
            }
            request.ReadParameters(root);
            request.CheckCounts();
            return request;
        }
        catch (Exception malformed) when (malformed is SqlException or InvalidOperationException or FormatException)
        {
            throw RefusedException.BadRequest(malformed.Message);
        }
    }

    /// <returns>The value of TOP, OFFSET or LIMIT; null when the query has none.</returns>
    /// <exception cref="SqlException">When it is no number of items.</exception>
    public int? Count(SqlExpression? expression)
    {
        if (expression is null)
        {
            return null;
        }
        var value = new SqlEvaluator(_parameters).Evaluate(expression, default);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var count) && count is >= 0 and <= int.MaxValue && count == Math.Floor(count)
            ? (int)count
            : throw new SqlException("TOP, OFFSET and LIMIT take whole numbers that are not negative.");
    }

    private void ReadParameters(JsonElement root)
    {
        if (!root.TryGetProperty("parameters", out var parameters) || parameters.ValueKind == JsonValueKind.Null)
        {
            return;
        }
        foreach (var parameter in parameters.EnumerateArray())
        {
            var name = parameter.TryGetProperty("name", out var named) ? named.GetString() : null;
            if (name is null || name.Length < 2 || name[0] != '@' || !parameter.TryGetProperty("value", out var value))
            {
                throw new SqlException("A parameter has a name that begins with '@', and a value.");
            }
            if (!_parameters.TryAdd(name, value) || _parameters.Count > ServiceLimits.QueryParameters)
            {
                throw new SqlException($"The parameter {name} is given twice, or there are more than {ServiceLimits.QueryParameters}.");
            }
        }
    }

    /// <summary>Finds parameters without a value even where no item would make the query meet them.</summary>
    private void CheckCounts()
    {
        Count(Query.Top);
        Count(Query.Offset);
        Count(Query.Limit);
        var evaluator = new SqlEvaluator(_parameters);
        foreach (var parameter in SqlParameters.In(Query))
        {
            evaluator.Evaluate(parameter, default);
        }
    }
}
