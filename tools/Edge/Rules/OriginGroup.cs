namespace ServerlessScale.Edge.Rules;

/// <summary>Origins that serve the same, and how requests are shared among them.</summary>
public sealed record OriginGroup
{
    public required string Name { get; init; }

    public required LoadBalancing LoadBalancing { get; init; }

    public required HealthProbe HealthProbe { get; init; }

    /// <summary>Locally the first describes the first instance, the second the second; instances beyond the list are like the last.</summary>
    public required IReadOnlyList<Origin> Origins { get; init; }
}
