using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Health;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>Instances that serve the same, how requests are shared out among them, and which of them get any.</summary>
public sealed record EdgeGroup
{
    /// <summary>As the rules' decisions name it.</summary>
    public required string Name { get; init; }

    public BalancingPolicy Policy { get; init; } = BalancingPolicy.LeastConnections;

    public ProbeSettings Probes { get; init; } = new();
}
