using System.Text.Json;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>What a query computes from one item.</summary>
internal abstract record SqlExpression
{
    /// <summary>A value written in the query; an undefined element is SQL's <c>undefined</c>.</summary>
    internal sealed record Literal(JsonElement Value) : SqlExpression;

    internal sealed record Parameter(string Name) : SqlExpression;

    /// <summary>A property on the way down from the item; no names stand for the item itself.</summary>
    internal sealed record Property(IReadOnlyList<string> Path) : SqlExpression;

    internal sealed record Not(SqlExpression Operand) : SqlExpression;

    /// <summary>A list, not a tree: a query may chain thousands of conditions.</summary>
    internal sealed record And(IReadOnlyList<SqlExpression> Operands) : SqlExpression;

    internal sealed record Or(IReadOnlyList<SqlExpression> Operands) : SqlExpression;

    internal sealed record Comparison(string Operator, SqlExpression Left, SqlExpression Right) : SqlExpression;

    internal sealed record In(SqlExpression Value, IReadOnlyList<SqlExpression> Candidates) : SqlExpression;

    internal sealed record Function(SqlFunction Name, IReadOnlyList<SqlExpression> Arguments) : SqlExpression;

    internal sealed record ArrayOf(IReadOnlyList<SqlExpression> Elements) : SqlExpression;

    internal sealed record ObjectOf(IReadOnlyList<KeyValuePair<string, SqlExpression>> Properties) : SqlExpression;
}
