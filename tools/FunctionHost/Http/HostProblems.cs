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
