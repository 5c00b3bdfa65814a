using System.Text.Json;

namespace ServerlessScale.StrictCosmos.Rules;

/// <summary>
/// Parses JSON with a limited depth and without duplicate properties. It decodes every name and every string, so that a lone surrogate is
/// refused here instead of failing later.
/// </summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = ServiceLimits.NestingDepth,
        AllowDuplicateProperties = false,
    };

    /// <param name="utf8">The input.</param>
    /// <param name="what">The name of the input in the error message.</param>
    /// <exception cref="RefusedException">400: the input is not such JSON.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8, string what)
    {
        try
        {
            var root = JsonDocument.Parse(utf8, Options).RootElement;
            DecodeStrings(root);
            return root;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw RefusedException.BadRequest($"{what} is not JSON that the service accepts: {malformed.Message}");
        }
    }

    private static void DecodeStrings(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    _ = property.Name;
                    DecodeStrings(property.Value);
                }
                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    DecodeStrings(element);
                }
                break;
            case JsonValueKind.String:
                value.GetString();
                break;
        }
    }
}
