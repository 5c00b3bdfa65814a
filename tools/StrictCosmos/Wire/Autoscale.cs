using System.Text.Json;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>The setting <c>{"maxThroughput":4000}</c>.</summary>
internal static class Autoscale
{
    private const int Step = 1000;

    /// <exception cref="RefusedException">400 when the service offers no such maximum.</exception>
    public static int MaximumOf(string setting)
    {
        try
        {
            using var parsed = JsonDocument.Parse(setting);
            if (parsed.RootElement.ValueKind == JsonValueKind.Object
                && parsed.RootElement.TryGetProperty("maxThroughput", out var maximum)
                && maximum.ValueKind == JsonValueKind.Number && maximum.TryGetInt32(out var rate) && rate >= Step && rate % Step == 0)
            {
                return rate;
            }
        }
        catch (JsonException)
        {
            // Refused below, like a setting without the number.
        }
        throw RefusedException.BadRequest("The autoscale maximum must be at least 1000 RU/s, in steps of 1000.");
    }
}
