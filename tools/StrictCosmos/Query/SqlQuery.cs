using System.Text.Json;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>A query of the supported subset: <c>SELECT *</c> with conditions that must all hold, and an order.</summary>
internal sealed record SqlQuery
{
    /// <summary>The name that the query gives to the item, usually <c>c</c>.</summary>
    public required string Alias { get; init; }

    /// <summary>
    /// Whether this is the query that <see cref="QueryPlan"/> makes of an ordered query. Its results contain the values of the order beside
    /// each item, by which the SDK merges the results of several partitions.
    /// </summary>
    public required bool IsRewritten { get; init; }

    public required IReadOnlyList<Condition> Conditions { get; init; }

    /// <summary>The conditions as they are written in the query; null when there are none.</summary>
    public required string? ConditionsText { get; init; }

    public required IReadOnlyList<OrderKey> OrderBy { get; init; }

    /// <returns>The value of the property; of kind Undefined when the item has no such property.</returns>
    public static JsonElement Property(JsonElement item, IReadOnlyList<string> path)
    {
        foreach (var name in path)
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name, out item))
            {
                return default;
            }
        }
        return item;
    }
}

/// <summary>Compares a property with a value.</summary>
/// <param name="Path">The names on the way from the item to the property.</param>
/// <param name="Operator"><c>=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>.</param>
/// <param name="Value">A value that is written in the query.</param>
/// <param name="Parameter">The name of the parameter that contains the value; null when the value is written in the query.</param>
internal sealed record Condition(IReadOnlyList<string> Path, string Operator, JsonElement Value, string? Parameter)
{
    /// <summary>
    /// Comparing values of different types is undefined, and so is comparing a missing property. An undefined condition does not hold.
    /// </summary>
    public bool Holds(JsonElement item)
    {
        var left = SqlQuery.Property(item, Path);
        if (left.ValueKind == JsonValueKind.Undefined || !JsonOrder.AreComparable(left, Value))
        {
            return false;
        }
        if (Operator == "=")
        {
            return JsonOrder.AreEqual(left, Value);
        }
        if (left.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
        {
            return false;
        }
        var order = JsonOrder.Compare(left, Value);
        return Operator switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }
}

/// <summary>The query is malformed or outside the supported subset.</summary>
internal sealed class SqlException(string message) : Exception(message);
