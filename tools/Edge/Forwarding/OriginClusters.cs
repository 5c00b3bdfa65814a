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
/// <param name="options">The settings that are not in the rules file.</param>
internal sealed class OriginClusters(EdgeOptions options)
{
    public ClusterConfig Map(OriginGroup group, IEnumerable<EdgeOrigin> origins) => new()
    {
        ClusterId = group.Name,
        LoadBalancingPolicy = EdgeLoadBalancingPolicy.NameOf(group.LoadBalancing.Policy),
        Destinations = origins.ToDictionary(origin => origin.Id, Map),
        HttpRequest = new() { ActivityTimeout = options.ActivityTimeout, Version = new Version(1, 1), VersionPolicy = HttpVersionPolicy.RequestVersionExact },
        HealthCheck = new()
        {
            AvailableDestinationsPolicy = FirstPriority.PolicyName,
            Active = new()
            {
                Enabled = true,
                Policy = SampledProbes.PolicyName,
                Path = group.HealthProbe.Path,
                Interval = group.HealthProbe.Interval,
                Timeout = options.ProbeTimeout,
            },
            Passive = new() { Enabled = true, Policy = DeliveryFailures.PolicyName, ReactivationPeriod = options.EjectionTime },
        },
        Metadata = new Dictionary<string, string>
        {
            [ProbeRequests.MethodKey] = group.HealthProbe.Method,
            [SampledProbes.SampleSizeKey] = Text(group.LoadBalancing.SampleSize),
            [SampledProbes.SuccessfulSamplesRequiredKey] = Text(group.LoadBalancing.SuccessfulSamplesRequired),
            [FirstPriority.PanicThresholdKey] = Text(options.PanicThreshold),
            [DeliveryFailures.GatewayErrorsKey] = Text(options.GatewayErrorsUntilEjection),
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
