using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace ServerlessScale.Functions.Experiments;

/// <summary>
/// Says by <c>X-Served-Bucket</c> which bucket of an A/B experiment (<c>a</c> or <c>b</c>) the app took the request to be in: what the
/// edge draws is worth nothing unless the app is told. Requests that came without the edge are in none.
/// </summary>
internal sealed class ServedBucketMiddleware : IFunctionsWorkerMiddleware
{
    /// <summary>From the edge, which takes it away from clients.</summary>
    public const string RequestHeader = "X-Bucket";

    public const string ResponseHeader = "X-Served-Bucket";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && BucketOf(http.Request) is { } bucket)
        {
            http.Response.Headers[ResponseHeader] = bucket;
        }

        return next(context);
    }

    private static string? BucketOf(HttpRequest request) =>
        request.Headers[RequestHeader] is [var bucket] && bucket is "a" or "b" ? bucket : null;
}
