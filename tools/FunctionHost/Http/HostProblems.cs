using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.FunctionHost.Http;

/// <summary>
/// Writes the host's own error responses as problem documents (RFC 9457) that must not be cached. Azure's host sends such responses without
/// a body.
/// </summary>
internal static class HostProblems
{
    /// <summary>
    /// Adds problem documents to routing errors, which are 404 for an unknown route and 405 for a method that the route does not allow.
    /// </summary>
    public static async Task DescribeRoutingErrorAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.HasStarted || context.GetEndpoint()?.Metadata.GetMetadata<FunctionDescription>() is not null)
        {
            return;
        }

        var request = $"{context.Request.Method} {context.Request.Path}";
        await (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
            ? WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed",
                $"No function handles {request}. Allowed methods: {context.Response.Headers.Allow}.")
            : WriteAsync(context, StatusCodes.Status404NotFound, "route-not-found", "Route not found", $"No function handles {request}."));
    }

    public static Task WriteAsync(HttpContext context, int status, string code, string title, string detail, int? retryAfterSeconds = null)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        if (retryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return response.WriteAsJsonAsync(
            new ProblemDetails
            {
                Type = $"https://serverlessscale.dev/problems/{code}",
                Title = title,
                Status = status,
                Detail = detail,
                Instance = context.Request.Path,
            },
            options: null,
            contentType: "application/problem+json",
            context.RequestAborted);
    }
}
