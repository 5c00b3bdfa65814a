using ServerlessScale.Edge.Balancing;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Local.Commands;

/// <summary>What the run command was asked for.</summary>
internal sealed record RunOptions
{
    public required string Repository { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>HTTP port; 0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>Whether to build the function app first.</summary>
    public required bool Build { get; init; }

    public required OrderStore Orders { get; init; }

    public required SessionStore Sessions { get; init; }

    /// <summary>Whether webhooks may go to this machine and its network.</summary>
    public required bool AllowPrivateWebhooks { get; init; }

    /// <summary>Whether an edge stands before the app.</summary>
    public required bool Edge { get; init; }

    /// <summary>The country that the edge takes clients to be in; null for nowhere known.</summary>
    public required string? Country { get; init; }

    /// <summary>One app, or one for each capability.</summary>
    public required Topology Topology { get; init; }

    /// <summary>Instances of each app behind an edge; null for one, which a monolith has without an edge.</summary>
    public int? Instances { get; init; }

    /// <summary>Null when the number of instances stays.</summary>
    public ScaleRange? Scale { get; init; }

    /// <summary>Null: as the rules file says.</summary>
    public BalancingPolicy? Balancing { get; init; }
}
