using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>A query of the supported subset.</summary>
internal sealed record SqlQuery
{
    public required string Alias { get; init; }

    /// <summary>What to answer for each item; null for <c>SELECT *</c>.</summary>
    public required SqlExpression? Select { get; init; }

    /// <summary>Whether the answer is a value as such (<c>SELECT VALUE</c>).</summary>
    public required bool SelectsValue { get; init; }

    public required SqlExpression? Where { get; init; }

    public required IReadOnlyList<OrderKey> OrderBy { get; init; }

    public required SqlExpression? Top { get; init; }

    public required SqlExpression? Offset { get; init; }

    public required SqlExpression? Limit { get; init; }

    /// <summary>The selection as written; this, and the texts below, are for the query that the plan sends to each partition.</summary>
    public required string SelectText { get; init; }

    /// <summary>The texts of the expressions in a list that is selected, by the names that they get.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> SelectedTexts { get; init; }

    public required string? WhereText { get; init; }
}
