using System.Text.Json;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>Where the next page begins: after this item in the order of the query. Opaque to clients.</summary>
/// <param name="Values">Order-by values of the last item answered.</param>
/// <param name="Number">Of the last item.</param>
/// <param name="Remaining">How many more TOP or LIMIT allow.</param>
internal sealed record Continuation(IReadOnlyList<JsonElement> Values, ulong Number, int? Remaining)
{
    public override string ToString() =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(
            new ContinuationText([.. Values.Select(value => value.ValueKind == JsonValueKind.Undefined ? "" : value.GetRawText())], Number, Remaining),
            ContinuationJson.Default.ContinuationText));

    /// <returns>Null when the text is not a continuation of a query with so many order-by values.</returns>
    public static Continuation? Parse(string text, int values)
    {
        try
        {
            var parsed = JsonSerializer.Deserialize(Convert.FromBase64String(text), ContinuationJson.Default.ContinuationText);
            return parsed?.Values?.Count == values && parsed.Remaining is not < 0
                ? new Continuation([.. parsed.Values.Select(Value)], parsed.Number, parsed.Remaining)
                : null;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            return null;
        }
    }

    private static JsonElement Value(string? raw) => string.IsNullOrEmpty(raw) ? default : JsonDocument.Parse(raw).RootElement;
}
