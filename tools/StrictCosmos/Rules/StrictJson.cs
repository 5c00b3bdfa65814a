using System.Text.Json;

namespace ServerlessScale.StrictCosmos.Rules;

/// <summary>
/// Parses JSON. Rejects JSON that exceeds the depth limit or has duplicate properties. Also decodes every property name and string, so that
/// invalid Unicode, such as a lone surrogate, is rejected here and does not cause a failure later.
/// </summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = ServiceLimits.NestingDepth,
        AllowDuplicateProperties = false,
    };

    /// <param name="utf8">The input in UTF-8.</param>
    /// <param name="what">The name of the input for the error message.</param>
    /// <exception cref="RefusedException">400: the input is not JSON, or it violates one of these rules.</exception>
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
