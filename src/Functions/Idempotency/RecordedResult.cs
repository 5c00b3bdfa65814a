using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Shared.Idempotency;

namespace ServerlessScale.Functions.Idempotency;

/// <summary>Writes a recorded response.</summary>
/// <param name="IsReplayed">Whether an earlier request got this response first.</param>
internal sealed record RecordedResult(StoredResponse Response, bool IsReplayed) : IResult, IStatusCodeHttpResult
{
    private const string Replayed = "Idempotency-Replayed";

    /// <summary>The headers that belong to the response of an operation. All others describe a single request.</summary>
    private static readonly string[] RecordedHeaders =
        [HeaderNames.ContentType, HeaderNames.Location, HeaderNames.ETag, HeaderNames.CacheControl, HeaderNames.RetryAfter];

    int? IStatusCodeHttpResult.StatusCode => Response.Status;

    /// <summary>Executes a result and records its response instead of sending it.</summary>
    public static async Task<StoredResponse> RecordAsync(IResult result, HttpContext http)
    {
        var response = http.Response;
        var sent = response.Body;
        using var recorded = new MemoryStream();
        response.Body = recorded;
        try
        {
            await result.ExecuteAsync(http);
        }
        finally
        {
            response.Body = sent;
        }

        var headers = RecordedHeaders
            .Where(response.Headers.ContainsKey)
            .ToDictionary(name => name, name => response.Headers[name].ToString(), StringComparer.Ordinal);
        return new StoredResponse(response.StatusCode, headers, recorded.ToArray());
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Response.Status;
        foreach (var (name, value) in Response.Headers)
        {
            response.Headers[name] = value;
        }

        if (IsReplayed)
        {
            response.Headers[Replayed] = "true";
        }

        response.ContentLength = Response.Body.Length;
        await response.Body.WriteAsync(Response.Body, httpContext.RequestAborted);
    }
}
