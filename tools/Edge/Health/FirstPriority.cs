using System.Globalization;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>
/// Which instances get requests, as one of YARP's policies: the healthy ones with the lowest priority number; where none is healthy,
/// all of them are tried, as Front Door does it (learn.microsoft.com/azure/frontdoor/front-door-routing-methods).
/// </summary>
internal sealed class FirstPriority : IAvailableDestinationsPolicy
{
    public const string PolicyName = nameof(FirstPriority);

    /// <summary>The destination's metadata that holds its priority.</summary>
    public const string PriorityKey = "Priority";

    public string Name => PolicyName;

    public IReadOnlyList<DestinationState> GetAvailalableDestinations(ClusterConfig config, IReadOnlyList<DestinationState> allDestinations) =>
        Among(allDestinations);

    public static IReadOnlyList<DestinationState> Among(IReadOnlyList<DestinationState> all)
    {
        var healthy = all.Where(IsHealthy).ToLookup(Priority);
        return healthy.Count == 0 ? all : [.. healthy.MinBy(same => same.Key)!];
    }

    public static bool IsHealthy(DestinationState destination) =>
        destination.Health is { Active: not DestinationHealth.Unhealthy, Passive: not DestinationHealth.Unhealthy };

    private static int Priority(DestinationState destination) =>
        int.Parse(destination.Model.Config.Metadata![PriorityKey], CultureInfo.InvariantCulture);
}
