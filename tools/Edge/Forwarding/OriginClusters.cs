using System.Globalization;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Health;
using ServerlessScale.Edge.Rules;
using Yarp.ReverseProxy.Configuration;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Maps an origin group to a YARP cluster. The configuration and metadata of the cluster contain all settings that the balancing and health
/// policies need.
/// </summary>
/// <param name="activityTimeout">The maximum time without data from an origin before the request times out.</param>
/// <param name="probeTimeout">The maximum time to wait for the response to a probe.</param>
/// <param name="ejectionTime">The time for which an origin receives no requests after deliveries to it have failed.</param>
internal sealed class OriginClusters(TimeSpan activityTimeout, TimeSpan probeTimeout, TimeSpan ejectionTime)
{
    public ClusterConfig Map(OriginGroup group, IEnumerable<EdgeOrigin> origins) => new()
    {
        ClusterId = group.Name,
        LoadBalancingPolicy = EdgeLoadBalancingPolicy.NameOf(group.LoadBalancing.Policy),
        Destinations = origins.ToDictionary(origin => origin.Id, Map),
        HttpRequest = new() { ActivityTimeout = activityTimeout, Version = new Version(1, 1), VersionPolicy = HttpVersionPolicy.RequestVersionExact },
        HealthCheck = new()
        {
            AvailableDestinationsPolicy = FirstPriority.PolicyName,
            Active = new()
            {
                Enabled = true,
                Policy = SampledProbes.PolicyName,
                Path = group.HealthProbe.Path,
                Interval = group.HealthProbe.Interval,
                Timeout = probeTimeout,
            },
            Passive = new() { Enabled = true, Policy = DeliveryFailures.PolicyName, ReactivationPeriod = ejectionTime },
        },
        Metadata = new Dictionary<string, string>
        {
            [ProbeRequests.MethodKey] = group.HealthProbe.Method,
            [SampledProbes.SampleSizeKey] = Text(group.LoadBalancing.SampleSize),
            [SampledProbes.SuccessfulSamplesRequiredKey] = Text(group.LoadBalancing.SuccessfulSamplesRequired),
        },
    };

    private static DestinationConfig Map(EdgeOrigin origin) => new()
    {
        Address = origin.Address.AbsoluteUri,
        Metadata = new Dictionary<string, string>
        {
            [EdgeLoadBalancingPolicy.WeightKey] = Text(origin.Weight),
            [FirstPriority.PriorityKey] = Text(origin.Priority),
        },
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
