using System.Text.Json.Serialization;

namespace ServerlessScale.Functions.Health;

/// <summary>The body of a health response.</summary>
/// <param name="Status"><c>healthy</c> or <c>unhealthy</c>.</param>
/// <param name="Checks">One check for each service on which the app depends; empty in a liveness response.</param>
internal sealed record HealthResponse(string Status, IReadOnlyList<HealthResponse.Check> Checks)
{
    /// <param name="Name"><c>blobs</c>, <c>queues</c>, <c>tables</c>, <c>redis</c>, <c>cosmos</c> or <c>disk</c>.</param>
    /// <param name="Status"><c>healthy</c> or <c>unhealthy</c>.</param>
    /// <param name="LatencyMs">The duration of the check in milliseconds.</param>
    /// <param name="Error">The reason why the service is unhealthy; omitted for a healthy service.</param>
    internal sealed record Check(string Name, string Status, double LatencyMs, string? Error);
}

[JsonSerializable(typeof(HealthResponse))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class HealthJson : JsonSerializerContext;
