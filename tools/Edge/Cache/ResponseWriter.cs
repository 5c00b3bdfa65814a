using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Responses;

namespace ServerlessScale.Edge.Cache;

/// <summary>Writes stored and fetched responses to clients.</summary>
internal static class ResponseWriter
{
    /// <summary>
    /// Headers that describe the body, which 304, 412 and 416 responses do not contain.
    /// </summary>
    private static readonly string[] OfTheBody = [HeaderNames.ContentType, HeaderNames.ContentEncoding, HeaderNames.ContentLength];

    /// <summary>
    /// Writes the full body or the requested range of a stored response, or 304 if the client already has the current version.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="stored">The stored response.</param>
    /// <param name="now">The current time.</param>
    /// <param name="isReused">
    /// Whether the response was not fetched for this request. Only a reused response has an Age header (RFC 9111 section 5.1), unless the
    /// origin itself sent one.
    /// </param>
    public static async Task WriteAsync(HttpContext context, StoredResponse stored, DateTimeOffset now, bool isReused)
    {
        // Ranges are served from the uncompressed body, because a client cannot combine ranges of the compressed and the uncompressed body.
        var coding = stored.MayBeCompressed && context.Request.Headers.Range.Count == 0 ? ContentCoding.PreferredBy(context.Request) : null;
        var body = await stored.BodyAsync(coding);

        // A strong ETag promises identical bytes (RFC 9110 section 8.8.1), but compression changes the bytes.
        var tag = coding is not null && stored.ETag is { } strong ? new(strong.Tag, isWeak: true) : stored.ETag;
        var selection = Preconditions.Evaluate(context.Request, stored, tag, body.Length);

        var response = context.Response;
        response.StatusCode = selection.Status;
        Copy(stored.Headers, response.Headers);
        if (isReused || stored.ArrivedWithAge)
        {
            response.Headers.Age = stored.AgeAt(now).ToString(CultureInfo.InvariantCulture);
        }

        if (stored.MayBeCompressed)
        {
            response.Headers.AppendCommaSeparatedValues(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        }

        if (tag is not null)
        {
            response.Headers.ETag = tag.ToString();
        }

        if (coding is not null)
        {
            response.Headers.ContentEncoding = coding;
        }
        else if (stored.Status == StatusCodes.Status200OK)
        {
            response.Headers.AcceptRanges = "bytes";
        }

        if (selection.Status is StatusCodes.Status304NotModified or StatusCodes.Status412PreconditionFailed or StatusCodes.Status416RangeNotSatisfiable)
        {
            Array.ForEach(OfTheBody, name => response.Headers.Remove(name));
            await WriteProblemAsync(context, body.Length);
            return;
        }

        if (selection.Status == StatusCodes.Status206PartialContent)
        {
            response.Headers.ContentRange = new ContentRangeHeaderValue(
                selection.Start, selection.Start + selection.Length - 1, body.Length).ToString();
        }

        response.ContentLength = selection.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body.AsMemory(selection.Start, selection.Length), context.RequestAborted);
        }
    }

    /// <summary>Writes a fetched response that was not stored in the cache.</summary>
    public static async Task WriteAsync(HttpContext context, FetchedResponse fetched)
    {
        var response = context.Response;
        response.StatusCode = fetched.Status;
        Copy(fetched.Headers, response.Headers);
        response.Headers.Remove(HeaderNames.TransferEncoding);
        if (fetched.Body.Length > 0)
        {
            response.ContentLength = fetched.Body.Length;
            await response.Body.WriteAsync(fetched.Body, context.RequestAborted);
        }
    }

    /// <summary>Writes a problem document if the status is 412 or 416. A 304 response has no body.</summary>
    private static Task WriteProblemAsync(HttpContext context, int length)
    {
        var response = context.Response;
        switch (response.StatusCode)
        {
            case StatusCodes.Status416RangeNotSatisfiable:
                response.Headers.ContentRange = new ContentRangeHeaderValue(length).ToString();
                return EdgeProblem.WriteAsync(
                    context, response.StatusCode, "range-not-satisfiable", "The range cannot be satisfied",
                    $"The requested range is outside the file: {response.Headers.ContentRange}.");
            case StatusCodes.Status412PreconditionFailed:
                return EdgeProblem.WriteAsync(
                    context, response.StatusCode, "precondition-failed", "The precondition failed",
                    "The file has changed, so the condition in If-Match or If-Unmodified-Since is false.");
            default:
                return Task.CompletedTask;
        }
    }

    private static void Copy(IHeaderDictionary from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            to[name] = values;
        }
    }
}
