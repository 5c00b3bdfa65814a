using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Bench.Balancing;

/// <summary>The policies' names for people.</summary>
internal static class PolicyNames
{
    public static string Of(BalancingPolicy policy) => policy switch
    {
        BalancingPolicy.RoundRobin => "round robin",
        BalancingPolicy.WeightedRoundRobin => "weighted round robin",
        BalancingPolicy.LeastConnections => "least connections",
        BalancingPolicy.WeightedLeastConnections => "weighted least connections",
        _ => "power of two choices",
    };
}
