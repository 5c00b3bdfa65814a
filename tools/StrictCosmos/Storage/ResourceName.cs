using System.Text.Json;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>The rules for the <c>id</c> of a database or a container.</summary>
internal static class ResourceName
{
    private const string Forbidden = "/\\?#";

    /// <exception cref="RefusedException">400 when the definition has no id that the service takes.</exception>
    public static string Of(JsonElement definition)
    {
        var name = definition.ValueKind == JsonValueKind.Object && definition.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
            ? id.GetString()!
            : "";
        if (name.Length is 0 or > ServiceLimits.ResourceNameCharacters || name.AsSpan().ContainsAny(Forbidden) || name[^1] == ' ')
        {
            throw RefusedException.BadRequest(
                $"The id of a database or a container has 1 to {ServiceLimits.ResourceNameCharacters} characters, none of them '/', '\\', '?' or '#', and does not end in a space.");
        }
        return name;
    }
}
