using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Http;

/// <summary>Answers one <see cref="Problem"/> as RFC 9457 asks: its status, the document, never cached.</summary>
internal sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult
{
    private static readonly JsonTypeInfo<ProblemDocument> Document = DocumentTypeInfo();

    public Problem Problem { get; } = problem;

    int? IStatusCodeHttpResult.StatusCode => Problem.Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        RemoveHeadersOfTheAnswerThatFailed(response.Headers);
        if (Problem.Status != StatusCodes.Status416RangeNotSatisfiable)
        {
            // There it says how long the file is (RFC 9110 section 15.5.17).
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
        // A client that is gone by now needs no exception: the server drops the write.
        await response.Body.WriteAsync(body, CancellationToken.None);
    }

    // A function may have described the answer that it meant to give before it failed.
    private static void RemoveHeadersOfTheAnswerThatFailed(IHeaderDictionary headers)
    {
        headers.Remove(HeaderNames.AcceptRanges);
        headers.Remove(HeaderNames.ContentDisposition);
        headers.Remove(HeaderNames.ContentEncoding);
        headers.Remove(HeaderNames.ContentLength);
        headers.Remove(HeaderNames.ETag);
        headers.Remove(HeaderNames.LastModified);
        headers.Remove(HeaderNames.Location);
    }

    private static JsonTypeInfo<ProblemDocument> DocumentTypeInfo()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // Problem texts are read in terminals: quotes and dashes stay as they are. Safe, as the answer is never sniffed as HTML.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            // Extension members may be of any type; only those that the context does not know need reflection.
            TypeInfoResolver = JsonTypeInfoResolver.Combine(ProblemJson.Default, new DefaultJsonTypeInfoResolver()),
        };
        return (JsonTypeInfo<ProblemDocument>)options.GetTypeInfo(typeof(ProblemDocument));
    }
}
