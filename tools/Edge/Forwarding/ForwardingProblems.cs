using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Responses;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>The edge's answers to requests that no instance has answered.</summary>
internal static class ForwardingProblems
{
    private const int RetryAfterSeconds = 1;

    public static Task AnswerAsync(HttpContext context, IForwarderErrorFeature error)
    {
        context.Response.Clear();
        return error.Error switch
        {
            ForwarderError.NoAvailableDestinations => NoInstanceAsync(context, "No instance is running. Try again."),
            _ when Delivery.IsRefused(error) => NoInstanceAsync(context, "No instance took the request. Nothing was carried out; try again."),
            ForwarderError.RequestTimedOut => EdgeProblem.WriteAsync(
                context, StatusCodes.Status504GatewayTimeout, "instance-timeout", "The instance did not answer in time",
                "The request may have been carried out; repeat it if it is safe to.", RetryAfterSeconds),
            ForwarderError.RequestBodyClient => EdgeProblem.WriteAsync(
                context, StatusCodes.Status400BadRequest, "incomplete-body", "The body is incomplete",
                "The request's body ended before all of it had come."),
            _ => EdgeProblem.WriteAsync(
                context, StatusCodes.Status502BadGateway, "instance-lost", "The instance ended while it had the request",
                "The request may have been carried out; repeat it if it is safe to.", RetryAfterSeconds),
        };
    }

    /// <summary>503 for a request that has reached no instance.</summary>
    public static Task NoInstanceAsync(HttpContext context, string detail) => EdgeProblem.WriteAsync(
        context, StatusCodes.Status503ServiceUnavailable, "no-instance", "No instance to answer", detail, RetryAfterSeconds);
}
