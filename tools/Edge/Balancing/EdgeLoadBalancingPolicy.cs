using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Balancing;

/// <summary>Makes a balancing algorithm available as a YARP load balancing policy. Each cluster has its own balancer.</summary>
/// <param name="policy">The policy.</param>
/// <param name="slowStart">Determines the share of the requests that a new destination gets.</param>
internal sealed class EdgeLoadBalancingPolicy(BalancingPolicy policy, SlowStart slowStart) : ILoadBalancingPolicy
{
    /// <summary>The metadata key for a destination's weight. A destination without this key has a weight of 1.</summary>
    public const string WeightKey = "Weight";

    private readonly ConditionalWeakTable<ClusterState, IBalancer> _balancers = [];

    public string Name => NameOf(policy);

    /// <summary>
    /// Returns a policy's name with the prefix <c>Edge</c>, because YARP has built-in policies named RoundRobin and PowerOfTwoChoices.
    /// </summary>
    public static string NameOf(BalancingPolicy policy) => $"Edge{policy}";

    public static IBalancer Create(BalancingPolicy policy) => policy switch
    {
        BalancingPolicy.RoundRobin => new ChairmanAssignment(weighted: false),
        BalancingPolicy.WeightedRoundRobin => new ChairmanAssignment(weighted: true),
        BalancingPolicy.LeastConnections => new LeastConnections(weighted: false),
        BalancingPolicy.WeightedLeastConnections => new LeastConnections(weighted: true),
        BalancingPolicy.PowerOfTwoChoices => new PowerOfTwoChoices(Random.Shared),
        _ => throw new ArgumentOutOfRangeException(nameof(policy), policy, message: null),
    };

    public DestinationState? PickDestination(
        HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        var count = availableDestinations.Count;
        if (count == 0)
        {
            return null;
        }

        var balancer = _balancers.GetValue(cluster, _ => Create(policy));
        var candidates = ArrayPool<Candidate>.Shared.Rent(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                var destination = availableDestinations[i];
                candidates[i] = new(destination, Weight(destination), destination.ConcurrentRequestCount, slowStart.WarmthOf(destination));
            }

            return availableDestinations[balancer.Pick(candidates.AsSpan(0, count))];
        }
        finally
        {
            ArrayPool<Candidate>.Shared.Return(candidates, clearArray: true);
        }
    }

    private static int Weight(DestinationState destination) =>
        destination.Model.Config.Metadata?.TryGetValue(WeightKey, out var weight) == true
            ? int.Parse(weight, CultureInfo.InvariantCulture)
            : 1;
}
