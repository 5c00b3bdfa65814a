using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessScale.Edge.Health;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Around YARP's load balancing: a request that could not be delivered goes to the least busy of the other instances that are
/// available by then, twice at the most and only where that is safe (<see cref="Delivery.MayBeRepeated"/>). What cannot be delivered gets a problem document.
/// </summary>
internal sealed partial class SafeRetries(ILogger<SafeRetries> logger)
{
    private const int MaxRetries = 2;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var proxy = context.GetReverseProxyFeature();
        var tried = new List<DestinationState>();
        for (var retries = 0; ; retries++)
        {
            await next(context);

            if (context.GetForwarderErrorFeature() is not { } error
                || context.Response.HasStarted
                || context.RequestAborted.IsCancellationRequested)
            {
                return;
            }

            // What has failed may be ejected by now, and others of a lower priority come in for it. YARP finds that out a moment later.
            tried.Add(proxy.ProxiedDestination!);
            var other = FirstPriority.Among(context.GetRouteModel().Cluster!.DestinationsState.AllDestinations)
                .Except(tried)
                .MinBy(destination => destination.ConcurrentRequestCount);
            if (retries == MaxRetries || other is null || !Delivery.MayBeRepeated(context, error))
            {
                await ForwardingProblems.AnswerAsync(context, error);
                return;
            }

            LogRetry(context.Request.Method, context.Request.Path, proxy.ProxiedDestination!.DestinationId, other.DestinationId);
            context.Response.Clear();
            context.Features.Set<IForwarderErrorFeature>(null);
            proxy.AvailableDestinations = other;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} could not be delivered to {Failed}; trying {Other}")]
    private partial void LogRetry(string method, PathString path, string failed, string other);
}
