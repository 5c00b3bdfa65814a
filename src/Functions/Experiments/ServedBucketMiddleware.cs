using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace ServerlessScale.Functions.Experiments;

/// <summary>
/// Copies the request's bucket in the A/B experiment (<c>a</c> or <c>b</c>) to the <c>X-Served-Bucket</c> response header, so that a client
/// can check that the app received the bucket that the edge assigned. A request that did not pass through the edge has no bucket, so its
/// response does not contain the header.
/// </summary>
internal sealed class ServedBucketMiddleware : IFunctionsWorkerMiddleware
{
    /// <summary>The header in which the edge sends the bucket. The edge removes any value that the client sent.</summary>
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
