using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>An attempt to deliver a request to an origin.</summary>
/// <param name="Group">The name of the origin group.</param>
/// <param name="Origin">The id of the origin.</param>
/// <param name="Duration">The time from the start of the attempt until the response was complete or the attempt failed.</param>
/// <param name="Status">The status of the response; 0 if the origin sent no complete response.</param>
public readonly record struct Delivery(string Group, string Origin, TimeSpan Duration, int Status)
{
    /// <summary>The innermost middleware, which reports each attempt. A request that is retried is reported once per attempt.</summary>
    internal static async Task ReportAsync(HttpContext context, RequestDelegate next, Action<Delivery> report)
    {
        var started = Stopwatch.GetTimestamp();
        await next(context);
        var proxy = context.GetReverseProxyFeature();
        var error = context.GetForwarderErrorFeature();
        if (proxy.ProxiedDestination is not { } destination
            || error?.Error == ForwarderError.NoAvailableDestinations
            || (error is not null && context.RequestAborted.IsCancellationRequested))
        {
            // No origin was tried, or the client disconnected.
            return;
        }

        report(new(
            proxy.Cluster.Config.ClusterId, destination.DestinationId, Stopwatch.GetElapsedTime(started),
            error is null ? context.Response.StatusCode : 0));
    }
}
