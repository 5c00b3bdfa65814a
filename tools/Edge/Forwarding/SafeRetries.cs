using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using ServerlessScale.Edge.Health;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Retries a request that could not be delivered, provided that it is safe to process the request again. There are at most two
/// retries. Each retry goes to the available origin that has the fewest requests in progress and has not been tried yet. If the request
/// still cannot be delivered, the client gets a problem document. The middleware wraps YARP's load balancing.
/// </summary>
internal sealed partial class SafeRetries(ILogger<SafeRetries> logger)
{
    private const int MaxRetries = 2;

    /// <summary>
    /// Returns whether repeating a request with this method has the same effect as sending it once (RFC 9110 section 9.2.2).
    /// </summary>
    public static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
        || HttpMethods.IsTrace(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var proxy = context.GetReverseProxyFeature();
        var attempted = new List<DestinationState>();
        for (var retries = 0; ; retries++)
        {
            await next(context);

            if (context.GetForwarderErrorFeature() is not { } error
                || context.Response.HasStarted
                || context.RequestAborted.IsCancellationRequested)
            {
                return;
            }

            // The failure may have ejected the destination and made the destinations of the next priority available. The available
            // destinations are computed here, because YARP updates its own list with a delay.
            attempted.Add(proxy.ProxiedDestination!);
            var other = FirstPriority.Among(context.GetRouteModel().Cluster!.DestinationsState.AllDestinations)
                .Except(attempted)
                .MinBy(destination => destination.ConcurrentRequestCount);
            if (retries == MaxRetries || other is null || !MayBeRepeated(context, error))
            {
                await ForwardingProblems.WriteAsync(context, error);
                return;
            }

            LogRetry(context.Request.Method, context.Request.Path, proxy.ProxiedDestination!.DestinationId, other.DestinationId);
            context.Response.Clear();
            context.Features.Set<IForwarderErrorFeature>(null);
            proxy.AvailableDestinations = other;
        }
    }

    /// <summary>
    /// Returns whether the request may be sent to another origin. It may if no part of it has been sent. If a part has been sent, the
    /// method must be idempotent, no part of a response may have arrived, and the request must not have a body, because a streamed body
    /// cannot be read twice.
    /// </summary>
    private static bool MayBeRepeated(HttpContext context, IForwarderErrorFeature error) =>
        DeliveryFailures.IsRefused(error)
        || (error.Error == ForwarderError.Request && IsIdempotent(context.Request.Method) && !HasBody(context));

    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} could not be delivered to {Failed}; retrying with {Other}")]
    private partial void LogRetry(string method, PathString path, string failed, string other);
}
