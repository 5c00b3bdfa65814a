using ServerlessScale.Local.Edge.Balancing;
using ServerlessScale.Local.Edge.Health;

namespace ServerlessScale.Local.Edge.Forwarding;

/// <summary>How the edge forwards requests.</summary>
internal sealed record EdgeOptions
{
    /// <summary>HTTP port on loopback; 0 takes a free one.</summary>
    public int Port { get; init; }

    public BalancingPolicy Policy { get; init; } = BalancingPolicy.LeastConnections;

    public ProbeSettings Probes { get; init; } = new();

    /// <summary>How long a client may take for a request's line and headers before it is cut off: slow ones would fill the edge.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An instance that sends nothing for so long is given up: the request's answer is 504.</summary>
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>How long a request waits for an instance to start while there is none; zero answers 503 at once.</summary>
    public TimeSpan ColdStartPatience { get; init; }

    /// <summary>How many requests may wait at once; each more is answered 503.</summary>
    public int MaxWaiting { get; init; } = 1_000;
}
