using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>
/// Judges destinations by their most recent probes, as Front Door does (learn.microsoft.com/azure/frontdoor/health-probes). Status 200 is a
/// success and every other outcome is a failure. The class is an active health check policy of YARP.
/// </summary>
internal sealed class SampledProbes(IDestinationHealthUpdater health) : IActiveHealthCheckPolicy
{
    public const string PolicyName = nameof(SampledProbes);

    /// <summary>The metadata key of the number of probes that a cluster considers.</summary>
    public const string SampleSizeKey = "SampledProbes.SampleSize";

    /// <summary>The metadata key of the number of considered probes that must have succeeded.</summary>
    public const string SuccessfulSamplesRequiredKey = "SampledProbes.SuccessfulSamplesRequired";

    private readonly ConditionalWeakTable<DestinationState, ProbeSamples> _samples = [];

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var sampleSize = Setting(cluster.Model.Config, SampleSizeKey);
        var required = Setting(cluster.Model.Config, SuccessfulSamplesRequiredKey);
        health.SetActive(cluster, [.. probingResults.Select(result => new NewActiveDestinationHealth(
            result.Destination,
            _samples.GetOrCreateValue(result.Destination).Add(result.Response?.StatusCode == HttpStatusCode.OK, sampleSize, required)
                ? DestinationHealth.Healthy
                : DestinationHealth.Unhealthy))]);
    }

    private static int Setting(ClusterConfig cluster, string key) => int.Parse(cluster.Metadata![key], CultureInfo.InvariantCulture);
}

/// <summary>The results of a destination's most recent probes. Not thread-safe, because the probes of a destination run one after the other.</summary>
internal sealed class ProbeSamples
{
    private readonly Queue<bool> _results = new();
    private int _failures;

    /// <summary>Adds the result of a probe. Probes that have not been sent yet count as successful.</summary>
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
