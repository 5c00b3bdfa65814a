using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Health;
using ServerlessScale.Edge.Responses;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>Writes problem documents for requests that received no response from an origin.</summary>
internal static class ForwardingProblems
{
    private const int RetryAfterSeconds = 1;
    private const string MayHaveBeenProcessed = "The instance may have processed the request. Repeat the request if that is safe.";

    /// <param name="context">The request.</param>
    /// <param name="error">The error; null if the response of the origin was discarded.</param>
    public static Task WriteAsync(HttpContext context, IForwarderErrorFeature? error)
    {
        context.Response.Clear();
        return error?.Error switch
        {
            ForwarderError.NoAvailableDestinations => NoInstanceAsync(context, "No instance is running. Try again."),
            _ when error is not null && DeliveryFailures.IsRefused(error) => NoInstanceAsync(context, "No instance accepted the request, so nothing was processed. Try again."),
            ForwarderError.RequestTimedOut => EdgeProblem.WriteAsync(
                context, StatusCodes.Status504GatewayTimeout, "instance-timeout", "The instance did not respond in time",
                MayHaveBeenProcessed, RetryAfterSeconds),
            ForwarderError.RequestBodyClient => EdgeProblem.WriteAsync(
                context, StatusCodes.Status400BadRequest, "incomplete-body", "The body is incomplete",
                "The request ended before its body was complete."),
            _ => EdgeProblem.WriteAsync(
                context, StatusCodes.Status502BadGateway, "instance-lost", "The connection to the instance was lost",
                MayHaveBeenProcessed, RetryAfterSeconds),
        };
    }

    /// <summary>Writes a 503 response to a request that has not reached any instance.</summary>
    public static Task NoInstanceAsync(HttpContext context, string detail) => EdgeProblem.WriteAsync(
        context, StatusCodes.Status503ServiceUnavailable, "no-instance", "No instance is available", detail, RetryAfterSeconds);
}
