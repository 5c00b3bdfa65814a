using System.Text.Json;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>
/// Compares JSON values. As in Cosmos DB, undefined comes first, followed by null, false, true, numbers, strings, arrays and objects
/// (https://learn.microsoft.com/azure/cosmos-db/nosql/query/order-by).
/// </summary>
internal static class JsonOrder
{
    /// <returns>
    /// A negative number when <paramref name="left"/> comes first, a positive number when <paramref name="right"/> comes first, and 0 when
    /// the values are equal. All arrays are considered equal, and all objects are considered equal.
    /// </returns>
    public static int Compare(JsonElement left, JsonElement right)
    {
        var byType = Rank(left).CompareTo(Rank(right));
        if (byType != 0)
        {
            return byType;
        }
        return left.ValueKind switch
        {
            JsonValueKind.Number => left.GetDouble().CompareTo(right.GetDouble()),
            JsonValueKind.String => string.CompareOrdinal(left.GetString(), right.GetString()),
            _ => 0,
        };
    }

    /// <returns>Whether both values have the same type. The comparison of values of different types is undefined.</returns>
    public static bool AreComparable(JsonElement left, JsonElement right) => TypeRank(left) == TypeRank(right);

    public static bool AreEqual(JsonElement left, JsonElement right) => left.ValueKind switch
    {
        JsonValueKind.Array or JsonValueKind.Object => JsonElement.DeepEquals(left, right),
        _ => Compare(left, right) == 0,
    };

    private static int TypeRank(JsonElement value) => value.ValueKind == JsonValueKind.True ? Rank(JsonValueKind.False) : Rank(value);

    private static int Rank(JsonElement value) => Rank(value.ValueKind);

    private static int Rank(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Undefined => 0,
        JsonValueKind.Null => 1,
        JsonValueKind.False => 2,
        JsonValueKind.True => 3,
        JsonValueKind.Number => 4,
        JsonValueKind.String => 5,
        JsonValueKind.Array => 6,
        _ => 7,
    };
}
