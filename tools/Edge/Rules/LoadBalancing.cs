using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Edge.Rules;

/// <summary>Who gets the next request, and which probes make an origin healthy.</summary>
public sealed record LoadBalancing
{
    /// <summary>The local edge's only: Front Door goes by priority, then latency, then weight.</summary>
    public required BalancingPolicy Policy { get; init; }

    /// <summary>How many of the last probes count.</summary>
    public required int SampleSize { get; init; }

    /// <summary>How many of those must have been answered with 200; at most <see cref="SampleSize"/>.</summary>
    public required int SuccessfulSamplesRequired { get; init; }

    /// <summary>In milliseconds; Front Door's only: origins at most this much slower than the fastest share the load by weight.</summary>
    public required int AdditionalLatencyInMilliseconds { get; init; }
}
