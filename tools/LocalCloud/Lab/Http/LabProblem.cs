using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Local.Lab.Http;

/// <summary>An error response of the laboratory: a problem document (RFC 9457).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The last segment of <c>type</c>.</param>
/// <param name="Title">The title, which is the same for every problem with this code.</param>
/// <param name="Detail">The cause, and the remedy.</param>
/// <param name="Pointer">The part of the request that caused the problem; null for the entire request.</param>
internal sealed record LabProblem(int Status, string Code, string Title, string Detail, string? Pointer = null)
{
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        return response.WriteAsJsonAsync(
            new ProblemDocument($"https://serverlessscale.dev/problems/{Code}", Title, Status, Detail, Pointer),
            LabJson.Default.ProblemDocument, "application/problem+json", context.RequestAborted);
    }
}

internal sealed record ProblemDocument(string Type, string Title, int Status, string Detail, string? Pointer);
