using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>
/// A passive health check policy for YARP that temporarily ejects a destination when requests cannot be delivered to it. A refused
/// connection ejects the destination immediately. Three consecutive requests that are cut off or time out, or that wait while the destination
/// is silent, also eject it. By default, a response never ejects a destination, even with status 500. If it did, a client could eject all
/// destinations by repeating a single bad request. A setting makes consecutive gateway errors eject a destination. When the ejection ends,
/// the destination receives requests again unless its probes fail.
/// </summary>
internal sealed class DeliveryFailures(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = nameof(DeliveryFailures);

    /// <summary>
    /// The metadata key for the number of consecutive gateway errors that eject a destination of the cluster; 0 if they do not eject it.
    /// </summary>
    public const string GatewayErrorsKey = "DeliveryFailures.GatewayErrors";

    private const int CutsUntilEjection = 3;

    /// <summary>
    /// The maximum time for which a silent destination is ejected if none of its probes succeeds. Envoy's <c>max_ejection_time</c> has the
    /// same default.
    /// </summary>
    private static readonly TimeSpan LongestEjection = TimeSpan.FromSeconds(300);

    private readonly ConditionalWeakTable<DestinationState, Failures> _failures = [];

    public string Name => PolicyName;

    /// <summary>Returns true if the connection could not be established. In that case, no part of the request has been sent.</summary>
    public static bool IsRefused(IForwarderErrorFeature error) =>
        error is { Error: ForwarderError.Request, Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } };

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        var error = context.Features.Get<IForwarderErrorFeature>();
        if (error is not null && context.RequestAborted.IsCancellationRequested)
        {
            // The client disconnected, so the error does not indicate a problem with the destination.
            return;
        }

        var failures = _failures.GetOrCreateValue(destination);
        var refused = false;
        if (error is null)
        {
            Volatile.Write(ref failures.Cuts, 0);
        }
        else if (IsRefused(error))
        {
            refused = true;
        }
        else if (error.Exception is not OriginSilentException && error.Error is ForwarderError.Request or ForwarderError.RequestTimedOut
            or ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination)
        {
            Interlocked.Increment(ref failures.Cuts);
        }

        if (refused || Volatile.Read(ref failures.Cuts) >= CutsUntilEjection || IsFailingGateway(context, cluster, error, failures))
        {
            Volatile.Write(ref failures.Cuts, 0);
            Volatile.Write(ref failures.GatewayErrors, 0);
            var ejectionTime = cluster.Model.Config.HealthCheck!.Passive!.ReactivationPeriod!.Value;
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, ejectionTime);
        }
    }

    /// <summary>
    /// Reports a request that is waiting for a destination that has stopped responding. A silent destination is ejected for longer than
    /// others, because each request to it would wait for the time limit. Its probes decide when it returns.
    /// </summary>
    public void Silent(ClusterState cluster, DestinationState destination)
    {
        var failures = _failures.GetOrCreateValue(destination);
        if (Interlocked.Increment(ref failures.Cuts) < CutsUntilEjection)
        {
            return;
        }

        Volatile.Write(ref failures.Cuts, 0);
        failures.IsSilent = true;
        var config = cluster.Model.Config;
        var untilProbesDecide = config.HealthCheck!.Active!.Interval!.Value * SampledProbes.SampleSizeOf(config);
        var ejectionTime = config.HealthCheck.Passive!.ReactivationPeriod!.Value;
        health.SetPassive(
            cluster, destination, DestinationHealth.Unhealthy,
            TimeSpan.FromTicks(Math.Max(ejectionTime.Ticks, Math.Min(untilProbesDecide.Ticks, LongestEjection.Ticks))));
    }

    /// <summary>
    /// Ends the ejection of a silent destination whose probe has succeeded, as Envoy's <c>successful_active_health_check_uneject_host</c>
    /// does.
    /// </summary>
    public void ProbeSucceeded(ClusterState cluster, DestinationState destination)
    {
        if (_failures.TryGetValue(destination, out var failures) && failures.IsSilent)
        {
            failures.IsSilent = false;
            health.SetPassive(cluster, destination, DestinationHealth.Healthy, TimeSpan.Zero);
        }
    }

    /// <summary>
    /// Counts consecutive gateway errors, which are the statuses 502, 503 and 504 and, as in Envoy, failures to deliver a request.
    /// </summary>
    /// <returns>Whether there were as many consecutive gateway errors as the setting states.</returns>
    private static bool IsFailingGateway(HttpContext context, ClusterState cluster, IForwarderErrorFeature? error, Failures failures)
    {
        var limit = int.Parse(cluster.Model.Config.Metadata![GatewayErrorsKey], CultureInfo.InvariantCulture);
        if (limit == 0)
        {
            return false;
        }

        if (error is null && context.Response.StatusCode is not (
            StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout))
        {
            Volatile.Write(ref failures.GatewayErrors, 0);
            return false;
        }

        return Interlocked.Increment(ref failures.GatewayErrors) >= limit;
    }

    private sealed class Failures
    {
        public int Cuts;
        public int GatewayErrors;
        public volatile bool IsSilent;
    }
}

/// <summary>
/// A request was given up because its origin has sent no response to any request for some time. YARP reports the exception as
/// <see cref="ForwarderError.RequestTimedOut"/>.
/// </summary>
internal sealed class OriginSilentException() : OperationCanceledException("The origin has stopped responding.");
