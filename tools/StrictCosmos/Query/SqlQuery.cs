using System.Text.Json;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>
/// A query in the supported subset of SQL. It consists of <c>SELECT *</c>, conditions that must all be true, and an order.
/// </summary>
internal sealed record SqlQuery
{
    /// <summary>The query's alias for the item, usually <c>c</c>.</summary>
    public required string Alias { get; init; }

    /// <summary>
    /// Whether <see cref="QueryPlan"/> created this query from an ordered query. If so, each result contains the item and its values for
    /// the ORDER BY properties, so that the SDK can merge the results of several partitions.
    /// </summary>
    public required bool IsRewritten { get; init; }

    public required IReadOnlyList<Condition> Conditions { get; init; }

    /// <summary>The conditions in their original form, or null when there are no conditions.</summary>
    public required string? ConditionsText { get; init; }

    public required IReadOnlyList<OrderKey> OrderBy { get; init; }

    /// <returns>The value of the property. Its kind is Undefined when the item has no such property.</returns>
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

/// <summary>A condition that compares a property with a value.</summary>
/// <param name="Path">The property names that lead from the item to the property.</param>
/// <param name="Operator"><c>=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>.</param>
/// <param name="Value">The value to compare the property with. Undefined until the parameter is bound.</param>
/// <param name="Parameter">The name of the parameter that provides the value, or null when the query itself contains the value.</param>
internal sealed record Condition(IReadOnlyList<string> Path, string Operator, JsonElement Value, string? Parameter)
{
    /// <summary>
    /// Returns whether the condition is true for an item. It is false when the item does not have the property, or when the types of the
    /// property and the value differ, because such a comparison is undefined.
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

/// <summary>The exception that is thrown when a query is malformed or outside the supported subset.</summary>
internal sealed class SqlException(string message) : Exception(message);
