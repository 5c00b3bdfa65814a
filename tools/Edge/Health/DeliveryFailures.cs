using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Forwarding;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>
/// Ejects an instance for a while when requests cannot be delivered to it: at once when nobody listens there, and after three in a
/// row that were cut or timed out. What an instance answers, 500 included, ejects nobody: one bad request would otherwise take down
/// one instance after another. After the ejection requests are tried again, unless probes say otherwise.
/// </summary>
internal sealed class DeliveryFailures(EdgeOptions options, IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = nameof(DeliveryFailures);

    private const int CutsUntilEjection = 3;

    private readonly ConditionalWeakTable<DestinationState, StrongBox<int>> _failures = [];

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        var error = context.Features.Get<IForwarderErrorFeature>();
        if (error is not null && context.RequestAborted.IsCancellationRequested)
        {
            // The client left, which says nothing about the instance.
            return;
        }

        var inARow = _failures.GetOrCreateValue(destination);
        var refused = false;
        if (error is null)
        {
            Volatile.Write(ref inARow.Value, 0);
        }
        else if (Delivery.IsRefused(error))
        {
            refused = true;
        }
        else if (error.Error is ForwarderError.Request or ForwarderError.RequestTimedOut
            or ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination)
        {
            Interlocked.Increment(ref inARow.Value);
        }

        if (refused || Volatile.Read(ref inARow.Value) >= CutsUntilEjection)
        {
            Volatile.Write(ref inARow.Value, 0);
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, options.Group(cluster.ClusterId).Probes.EjectionTime);
        }
    }
}
