using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Writes a <see cref="Problem"/> as an <c>application/problem+json</c> response (RFC 9457) with <c>Cache-Control: no-store</c>.
/// </summary>
internal sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult
{
    private static readonly JsonTypeInfo<ProblemDocument> Document = DocumentTypeInfo();

    public Problem Problem { get; } = problem;

    int? IStatusCodeHttpResult.StatusCode => Problem.Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        RemoveHeadersOfFailedResponse(response.Headers);
        if (Problem.Status != StatusCodes.Status416RangeNotSatisfiable)
        {
            // In a 416 response, Content-Range states the length of the file (RFC 9110 section 15.5.17).
            response.Headers.Remove(HeaderNames.ContentRange);
        }

        response.StatusCode = Problem.Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        if (Problem.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(ProblemDocument.Of(Problem, httpContext.TraceIdentifier), Document);
        response.ContentLength = body.Length;
        // The write needs no cancellation token, because the server discards the write when the client has disconnected.
        await response.Body.WriteAsync(body, CancellationToken.None);
    }

    // Before it failed, the function may have set headers for a successful response.
    private static void RemoveHeadersOfFailedResponse(IHeaderDictionary headers)
    {
        headers.Remove(HeaderNames.AcceptRanges);
        headers.Remove(HeaderNames.ContentDisposition);
        headers.Remove(HeaderNames.ContentEncoding);
        headers.Remove(HeaderNames.ContentLength);
        headers.Remove(HeaderNames.ETag);
        headers.Remove(HeaderNames.LastModified);
        headers.Remove(HeaderNames.Link);
        headers.Remove(HeaderNames.Location);
    }

    private static JsonTypeInfo<ProblemDocument> DocumentTypeInfo()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // People read problem texts in terminals, so quotes and dashes are not escaped. Unescaped characters are safe, because the
            // nosniff header prevents browsers from interpreting the response as HTML.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            // An extension member may have any type. Reflection serializes only the types that ProblemJson does not list.
            TypeInfoResolver = JsonTypeInfoResolver.Combine(ProblemJson.Default, new DefaultJsonTypeInfoResolver()),
        };
        return (JsonTypeInfo<ProblemDocument>)options.GetTypeInfo(typeof(ProblemDocument));
    }
}

internal static class ProblemResultExtensions
{
    /// <summary>Wraps the problem in a result that a function can return.</summary>
    public static IResult ToResult(this Problem problem) => new ProblemResult(problem);
}
