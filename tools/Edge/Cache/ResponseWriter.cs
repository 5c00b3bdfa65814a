using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Responses;

namespace ServerlessScale.Edge.Cache;

/// <summary>Writes stored and fetched responses to clients.</summary>
internal static class ResponseWriter
{
    /// <summary>
    /// Writes the full body or the requested range of a stored response, or 304 if the client already has the current version.
    /// </summary>
    public static async Task WriteAsync(HttpContext context, StoredResponse stored, DateTimeOffset now)
    {
        // Ranges are served from the uncompressed body, because a client cannot combine ranges of the compressed and the uncompressed body.
        var coding = stored.MayBeCompressed && context.Request.Headers.Range.Count == 0 ? ContentCoding.PreferredBy(context.Request) : null;
        var response = context.Response;
        Copy(stored.Headers, response.Headers);
        response.Headers.Age = stored.AgeAt(now).ToString(CultureInfo.InvariantCulture);
        if (stored.MayBeCompressed)
        {
            response.Headers.AppendCommaSeparatedValues(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        }

        var tag = stored.ETag;
        if (coding is not null)
        {
            response.Headers.ContentEncoding = coding;

            // A strong ETag promises identical bytes (RFC 9110 section 8.8.1), but compression changes the bytes.
            tag = tag is null ? null : new(tag.Tag, isWeak: true);
        }

        await TypedResults
            .Bytes(await stored.BodyAsync(coding), stored.ContentType is { Length: > 0 } type ? type : null, null, enableRangeProcessing: coding is null, stored.LastModified, tag)
            .ExecuteAsync(context);
        await AddProblemAsync(context);
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

    /// <summary>
    /// Adds a problem document to responses with status 416 or 412, because ASP.NET Core sends these responses without a body.
    /// </summary>
    private static Task AddProblemAsync(HttpContext context)
    {
        var response = context.Response;
        var (code, title, detail) = response.StatusCode switch
        {
            StatusCodes.Status416RangeNotSatisfiable => (
                "range-not-satisfiable", "The range cannot be satisfied",
                $"The requested range is outside the file: {response.Headers.ContentRange}."),
            StatusCodes.Status412PreconditionFailed => (
                "precondition-failed", "The precondition failed",
                "The file has changed, so the condition in If-Match or If-Unmodified-Since is false."),
            _ => default,
        };
        if (code is null)
        {
            return Task.CompletedTask;
        }

        response.ContentLength = null;
        return EdgeProblem.WriteAsync(context, response.StatusCode, code, title, detail);
    }

    private static void Copy(IHeaderDictionary from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            to[name] = values;
        }
    }
}
