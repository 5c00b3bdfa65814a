using System.Text.Json.Serialization;

namespace ServerlessScale.Functions.Health;

/// <param name="Status"><c>healthy</c> or <c>unhealthy</c>.</param>
/// <param name="Checks">One for each service that the app depends on; none for liveness.</param>
internal sealed record HealthAnswer(string Status, IReadOnlyList<HealthAnswer.Check> Checks)
{
    /// <param name="Name"><c>blobs</c>, <c>queues</c>, <c>tables</c> or <c>redis</c>.</param>
    /// <param name="Status"><c>healthy</c> or <c>unhealthy</c>.</param>
    /// <param name="LatencyMs">How long the check took, in milliseconds.</param>
    /// <param name="Error">Why it is unhealthy.</param>
    internal sealed record Check(string Name, string Status, double LatencyMs, string? Error);
}

[JsonSerializable(typeof(HealthAnswer))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class HealthJson : JsonSerializerContext;
