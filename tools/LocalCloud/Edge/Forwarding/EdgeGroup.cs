using ServerlessScale.Local.Edge.Balancing;
using ServerlessScale.Local.Edge.Health;

namespace ServerlessScale.Local.Edge.Forwarding;

/// <summary>Instances that serve the same, how requests are shared out among them, and which of them get any.</summary>
internal sealed record EdgeGroup
{
    /// <summary>As the rules' decisions name it.</summary>
    public required string Name { get; init; }

    public BalancingPolicy Policy { get; init; } = BalancingPolicy.LeastConnections;

    public ProbeSettings Probes { get; init; } = new();
}
