using System.Net;
using System.Net.Mime;
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

    /// <summary>
    /// Returns whether a request that waits for the first byte from a silent origin should be sent to another origin. This happens once per
    /// request, because the cause might be the request itself or a service on which all origins depend.
    /// </summary>
    public static bool LeavesSilentOrigin(HttpContext context)
    {
        if (context.Features.Get<Attempts>() is not { HasLeftSilentOrigin: false } attempts || !MayTryAnother(context, attempts))
        {
            return false;
        }

        attempts.HasLeftSilentOrigin = true;
        return true;
    }

    /// <summary>
    /// Returns whether a response is discarded because the request is sent to another origin. The response must come from the Functions host
    /// of an instance that has lost its worker. Such a response is an empty 500, or a 503 of plain text. Errors of the app itself have a
    /// problem document, and are forwarded.
    /// </summary>
    public static bool DiscardsResponse(HttpContext context, HttpResponseMessage response)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        var isOfHost = response.StatusCode switch
        {
            HttpStatusCode.InternalServerError => type is null && response.Content.Headers.ContentLength == 0,
            HttpStatusCode.ServiceUnavailable => type is null or MediaTypeNames.Text.Plain,
            _ => false,
        };
        if (!isOfHost || context.Features.Get<Attempts>() is not { } attempts || !MayTryAnother(context, attempts))
        {
            return false;
        }

        attempts.IsDiscarded = true;
        return true;
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var proxy = context.GetReverseProxyFeature();
        var attempts = new Attempts();
        context.Features.Set(attempts);
        while (true)
        {
            attempts.IsDiscarded = false;
            await next(context);

            var error = context.GetForwarderErrorFeature();
            if ((error is null && !attempts.IsDiscarded)
                || context.Response.HasStarted
                || context.RequestAborted.IsCancellationRequested)
            {
                return;
            }

            var failed = proxy.ProxiedDestination;
            var other = attempts.Failed.Count == MaxRetries ? null : Another(context, attempts);
            if (failed is null || other is null || !(error is null || MayBeRepeated(context, error)))
            {
                await ForwardingProblems.WriteAsync(context, error);
                return;
            }

            LogRetry(context.Request.Method, context.Request.Path, failed.DestinationId, other.DestinationId);
            attempts.Failed.Add(failed);
            context.Response.Clear();
            context.Features.Set<IForwarderErrorFeature>(null);
            proxy.AvailableDestinations = other;
        }
    }

    private static bool MayTryAnother(HttpContext context, Attempts attempts) =>
        IsRepeatable(context) && attempts.Failed.Count < MaxRetries && Another(context, attempts) is not null;

    /// <summary>
    /// Returns the origin for the next attempt. The failure may have ejected the destination and made the destinations of the next priority
    /// available. The available destinations are computed here, because YARP updates its own list with a delay.
    /// </summary>
    private static DestinationState? Another(HttpContext context, Attempts attempts)
    {
        var cluster = context.GetRouteModel().Cluster!;
        var current = context.GetReverseProxyFeature().ProxiedDestination;
        return FirstPriority.Among(cluster.Model.Config, cluster.DestinationsState.AllDestinations)
            .Except(attempts.Failed)
            .Where(destination => destination != current)
            .MinBy(destination => destination.ConcurrentRequestCount);
    }

    /// <summary>
    /// Returns whether the request may be sent to another origin. It may if no part of it has been sent. If a part has been sent, the
    /// request must be repeatable, and no part of a response may have arrived. A request that has timed out is repeated only if its origin
    /// has stopped responding, because a slow request would take as long on another origin.
    /// </summary>
    private static bool MayBeRepeated(HttpContext context, IForwarderErrorFeature error) =>
        DeliveryFailures.IsRefused(error)
        || ((error.Error == ForwarderError.Request || error.Exception is OriginSilentException) && IsRepeatable(context));

    /// <summary>
    /// Returns whether the request can be sent twice. Its method must be idempotent, and it must not have a body, because a streamed body
    /// cannot be read twice.
    /// </summary>
    private static bool IsRepeatable(HttpContext context) => IsIdempotent(context.Request.Method) && !HasBody(context);

    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} could not be delivered to {Failed}; retrying with {Other}")]
    private partial void LogRetry(string method, PathString path, string failed, string other);

    /// <summary>The attempts to deliver one request.</summary>
    private sealed class Attempts
    {
        /// <summary>The origins that have failed to respond.</summary>
        public List<DestinationState> Failed { get; } = [];

        public bool HasLeftSilentOrigin { get; set; }

        /// <summary>Whether the response to the current attempt was discarded.</summary>
        public bool IsDiscarded { get; set; }
    }
}
