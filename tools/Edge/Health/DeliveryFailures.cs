using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>
/// Ejects a destination for a while when requests cannot be delivered to it: at once when the connection is refused, and otherwise after
/// three consecutive requests that were cut off or timed out. A response never ejects a destination, not even a 500, because a single bad
/// request could otherwise eject one destination after another. When the ejection ends, the destination gets requests again unless its probes
/// fail. The class is a passive health check policy of YARP.
/// </summary>
internal sealed class DeliveryFailures(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = nameof(DeliveryFailures);

    private const int CutsUntilEjection = 3;

    private readonly ConditionalWeakTable<DestinationState, StrongBox<int>> _consecutiveCuts = [];

    public string Name => PolicyName;

    /// <summary>Whether no connection could be established, so that no part of the request has been sent.</summary>
    public static bool IsRefused(IForwarderErrorFeature error) =>
        error is { Error: ForwarderError.Request, Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } };

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        var error = context.Features.Get<IForwarderErrorFeature>();
        if (error is not null && context.RequestAborted.IsCancellationRequested)
        {
            // The client has closed its connection, which says nothing about the destination.
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
