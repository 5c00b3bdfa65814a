using Microsoft.AspNetCore.Http;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.FunctionHost.Http;

/// <summary>
/// Problem documents (RFC 9457) for requests that reach no function: no route is 404, a route without this method 405 with
/// <c>Allow</c> (RFC 9110). Azure's own host answers these without a body.
/// </summary>
internal static class RoutingProblems
{
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.HasStarted || context.GetEndpoint()?.Metadata.GetMetadata<FunctionDescription>() is not null)
        {
            return;
        }

        var request = $"{context.Request.Method} {context.Request.Path}";
        await (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
            ? HostProblem.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed",
                $"No function answers {request}. Allowed here: {context.Response.Headers.Allow}.")
            : HostProblem.WriteAsync(context, StatusCodes.Status404NotFound, "route-not-found", "Route not found",
                $"No function answers {request}."));
    }
}
