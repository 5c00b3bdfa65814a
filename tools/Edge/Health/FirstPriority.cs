using System.Globalization;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>
/// An available-destinations policy for YARP. Only the healthy destinations with the lowest priority number are available. If no
/// destination is healthy, all destinations are available, as in Front Door
/// (learn.microsoft.com/azure/frontdoor/front-door-routing-methods). With a panic threshold, all destinations are available as soon as the
/// percentage of healthy ones is below the threshold. The few healthy destinations would otherwise be overloaded by the requests for all.
/// Envoy has the same rule
/// (envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold).
/// </summary>
internal sealed class FirstPriority : IAvailableDestinationsPolicy
{
    public const string PolicyName = nameof(FirstPriority);

    /// <summary>The metadata key for a destination's priority.</summary>
    public const string PriorityKey = "Priority";

    /// <summary>The metadata key for a cluster's panic threshold in percent.</summary>
    public const string PanicThresholdKey = "FirstPriority.PanicThreshold";

    public string Name => PolicyName;

    public IReadOnlyList<DestinationState> GetAvailalableDestinations(ClusterConfig config, IReadOnlyList<DestinationState> allDestinations) =>
        Among(config, allDestinations);

    public static IReadOnlyList<DestinationState> Among(ClusterConfig config, IReadOnlyList<DestinationState> all)
    {
        var healthy = all.Where(IsHealthy).ToList();
        return IsPanic(healthy.Count, all.Count, int.Parse(config.Metadata![PanicThresholdKey], CultureInfo.InvariantCulture))
            ? all
            : [.. healthy.ToLookup(Priority).MinBy(priority => priority.Key)!];
    }

    /// <summary>Returns whether so few destinations are healthy that their health is ignored.</summary>
    public static bool IsPanic(int healthy, int all, int threshold) => healthy == 0 || healthy * 100 < threshold * all;

    public static bool IsHealthy(DestinationState destination) =>
        destination.Health is { Active: not DestinationHealth.Unhealthy, Passive: not DestinationHealth.Unhealthy };

    private static int Priority(DestinationState destination) =>
        int.Parse(destination.Model.Config.Metadata![PriorityKey], CultureInfo.InvariantCulture);
}
