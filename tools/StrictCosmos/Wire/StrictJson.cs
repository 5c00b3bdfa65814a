using System.Text.Json;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>
/// Parses JSON of bounded depth, without duplicate properties. Names and texts are all decoded once: a lone surrogate is
/// found here and not where a text is used.
/// </summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = ServiceLimits.NestingDepth,
        AllowDuplicateProperties = false,
    };

    /// <param name="what">Names the input in the refusal.</param>
    /// <exception cref="RefusedException">400 when the input is something else.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8, string what)
    {
        try
        {
            var root = JsonDocument.Parse(utf8, Options).RootElement;
            DecodeTexts(root);
            return root;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw RefusedException.BadRequest($"{what} is not JSON that the service takes: {malformed.Message}");
        }
    }

    private static void DecodeTexts(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    _ = property.Name;
                    DecodeTexts(property.Value);
                }
                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    DecodeTexts(element);
                }
                break;
            case JsonValueKind.String:
                value.GetString();
                break;
        }
    }
}
