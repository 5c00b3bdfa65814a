using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>
/// An active health check policy for YARP that determines the health of a destination from its most recent probes, as Front Door does
/// (learn.microsoft.com/azure/frontdoor/health-probes). A probe succeeds if the response has status 200, and fails otherwise.
/// </summary>
internal sealed class SampledProbes(IDestinationHealthUpdater health, DeliveryFailures deliveries) : IActiveHealthCheckPolicy
{
    public const string PolicyName = nameof(SampledProbes);

    /// <summary>The metadata key for the number of recent probes that determine whether a destination of the cluster is healthy.</summary>
    public const string SampleSizeKey = "SampledProbes.SampleSize";

    /// <summary>The metadata key for the number of recent probes that must have succeeded.</summary>
    public const string SuccessfulSamplesRequiredKey = "SampledProbes.SuccessfulSamplesRequired";

    private readonly ConditionalWeakTable<DestinationState, ProbeSamples> _samples = [];

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var sampleSize = SampleSizeOf(cluster.Model.Config);
        var required = Setting(cluster.Model.Config, SuccessfulSamplesRequiredKey);
        health.SetActive(cluster, [.. probingResults.Select(result => new NewActiveDestinationHealth(
            result.Destination,
            _samples.GetOrCreateValue(result.Destination).Add(HasSucceeded(result), sampleSize, required)
                ? DestinationHealth.Healthy
                : DestinationHealth.Unhealthy))]);
        foreach (var result in probingResults.Where(HasSucceeded))
        {
            deliveries.ProbeSucceeded(cluster, result.Destination);
        }
    }

    /// <summary>Returns the number of recent probes that determine whether a destination of the cluster is healthy.</summary>
    public static int SampleSizeOf(ClusterConfig cluster) => Setting(cluster, SampleSizeKey);

    private static bool HasSucceeded(DestinationProbingResult result) => result.Response?.StatusCode == HttpStatusCode.OK;

    private static int Setting(ClusterConfig cluster, string key) => int.Parse(cluster.Metadata![key], CultureInfo.InvariantCulture);
}

/// <summary>
/// The results of a destination's most recent probes. The class need not be thread-safe, because a destination is probed sequentially.
/// </summary>
internal sealed class ProbeSamples
{
    private readonly Queue<bool> _results = new();
    private int _failures;

    /// <summary>
    /// Adds the result of a probe. While fewer than <paramref name="sampleSize"/> probes have been sent, the missing results count as
    /// successes.
    /// </summary>
    /// <returns>Whether enough of the last <paramref name="sampleSize"/> probes, including this one, have succeeded.</returns>
    public bool Add(bool succeeded, int sampleSize, int successfulSamplesRequired)
    {
        _results.Enqueue(succeeded);
        _failures += succeeded ? 0 : 1;
        while (_results.Count > sampleSize)
        {
            _failures -= _results.Dequeue() ? 0 : 1;
        }

        return sampleSize - _failures >= successfulSamplesRequired;
    }
}
