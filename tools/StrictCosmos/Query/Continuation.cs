using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>
/// A continuation token. It identifies the last item of a page, and the next page begins after this item in the order of the query. Clients
/// treat the token as opaque.
/// </summary>
/// <param name="Values">The item's values for the properties in ORDER BY.</param>
/// <param name="Number">The item's number in its container.</param>
internal sealed record Continuation(IReadOnlyList<JsonElement> Values, ulong Number)
{
    public override string ToString() =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(
            new ContinuationText([.. Values.Select(value => value.ValueKind == JsonValueKind.Undefined ? "" : value.GetRawText())], Number),
            ContinuationJson.Default.ContinuationText));

    /// <returns>
    /// The continuation, or null when the token does not belong to a query with <paramref name="values"/> ORDER BY properties.
    /// </returns>
    public static Continuation? Parse(string text, int values)
    {
        try
        {
            var parsed = JsonSerializer.Deserialize(Convert.FromBase64String(text), ContinuationJson.Default.ContinuationText);
            return parsed?.Values?.Count == values
                ? new Continuation([.. parsed.Values.Select(Value)], parsed.Number)
                : null;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            return null;
        }
    }

    private static JsonElement Value(string? raw) => string.IsNullOrEmpty(raw) ? default : JsonDocument.Parse(raw).RootElement;
}

/// <summary>
/// The JSON form of a <see cref="Continuation"/>. Its values are raw JSON. An empty string represents an undefined value.
/// </summary>
internal sealed record ContinuationText(IReadOnlyList<string> Values, ulong Number);

[JsonSerializable(typeof(ContinuationText))]
internal sealed partial class ContinuationJson : JsonSerializerContext;
