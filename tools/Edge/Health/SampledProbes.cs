using System.Net;
using System.Runtime.CompilerServices;
using ServerlessScale.Edge.Forwarding;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>Judges instances by their last probes as Front Door does, as one of YARP's active health check policies.</summary>
internal sealed class SampledProbes(EdgeOptions options, IDestinationHealthUpdater health) : IActiveHealthCheckPolicy
{
    public const string PolicyName = nameof(SampledProbes);

    private readonly ConditionalWeakTable<DestinationState, ProbeSamples> _samples = [];

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var settings = options.Group(cluster.ClusterId).Probes;
        health.SetActive(cluster, [.. probingResults.Select(result => new NewActiveDestinationHealth(
            result.Destination,
            _samples.GetOrCreateValue(result.Destination).Add(
                result.Response?.StatusCode == HttpStatusCode.OK, settings.SampleSize, settings.SuccessfulSamplesRequired)
                ? DestinationHealth.Healthy
                : DestinationHealth.Unhealthy))]);
    }
}
