using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.Local.Edge.Forwarding;

/// <summary>
/// Around YARP's load balancing: a request that could not be delivered goes to the least busy of the other available instances, twice
/// at the most and only where that is safe (<see cref="Delivery.MayBeRepeated"/>). What cannot be delivered gets a problem document.
/// </summary>
internal sealed partial class SafeRetries(ILogger<SafeRetries> logger)
{
    private const int MaxRetries = 2;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var proxy = context.GetReverseProxyFeature();
        var untried = proxy.AvailableDestinations.ToList();
        for (var retries = 0; ; retries++)
        {
            await next(context);

            if (context.GetForwarderErrorFeature() is not { } error
                || context.Response.HasStarted
                || context.RequestAborted.IsCancellationRequested)
            {
                return;
            }

            untried.Remove(proxy.ProxiedDestination!);
            if (retries == MaxRetries || untried.Count == 0 || !Delivery.MayBeRepeated(context, error))
            {
                await ForwardingProblems.AnswerAsync(context, error);
                return;
            }

            var other = untried.MinBy(destination => destination.ConcurrentRequestCount)!;
            LogRetry(context.Request.Method, context.Request.Path, proxy.ProxiedDestination!.DestinationId, other.DestinationId);
            context.Response.Clear();
            context.Features.Set<IForwarderErrorFeature>(null);
            proxy.AvailableDestinations = other;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} could not be delivered to {Failed}; trying {Other}")]
    private partial void LogRetry(string method, PathString path, string failed, string other);
}
