using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace ServerlessScale.FunctionHost.Http;

/// <summary>Answers of the host itself, as problem documents like those of the app, and never cached.</summary>
internal static class HostProblem
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
