using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>
/// A passive health check policy for YARP that temporarily ejects a destination when requests cannot be delivered to it. A refused
/// connection ejects the destination immediately. Three consecutive requests that are cut off or time out also eject it. A response never
/// ejects a destination, even with status 500. If it did, a client could eject all destinations by repeating a single bad request. When
/// the ejection ends, the destination receives requests again unless its probes fail.
/// </summary>
internal sealed class DeliveryFailures(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = nameof(DeliveryFailures);

    private const int CutsUntilEjection = 3;

    private readonly ConditionalWeakTable<DestinationState, StrongBox<int>> _consecutiveCuts = [];

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

        var cuts = _consecutiveCuts.GetOrCreateValue(destination);
        var refused = false;
        if (error is null)
        {
            Volatile.Write(ref cuts.Value, 0);
        }
        else if (IsRefused(error))
        {
            refused = true;
        }
        else if (error.Error is ForwarderError.Request or ForwarderError.RequestTimedOut
            or ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination)
        {
            Interlocked.Increment(ref cuts.Value);
        }

        if (refused || Volatile.Read(ref cuts.Value) >= CutsUntilEjection)
        {
            Volatile.Write(ref cuts.Value, 0);
            var ejectionTime = cluster.Model.Config.HealthCheck!.Passive!.ReactivationPeriod!.Value;
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, ejectionTime);
        }
    }
}
