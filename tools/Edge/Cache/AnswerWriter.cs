using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Responses;

namespace ServerlessScale.Edge.Cache;

/// <summary>Gives a client an answer from memory: whole, a range, or the word that it has it already.</summary>
internal static class AnswerWriter
{
    public static async Task WriteAsync(HttpContext context, StoredAnswer answer, DateTimeOffset now)
    {
        // A range of compressed bytes is of no use to a client that asks for the rest without compression.
        var coding = answer.MayBeCompressed && context.Request.Headers.Range.Count == 0 ? ContentCoding.PreferredBy(context.Request) : null;
        var response = context.Response;
        Copy(answer.Headers, response.Headers);
        response.Headers.Age = answer.AgeAt(now).ToString(CultureInfo.InvariantCulture);
        if (answer.MayBeCompressed)
        {
            response.Headers.AppendCommaSeparatedValues(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        }

        var tag = answer.ETag;
        if (coding is not null)
        {
            response.Headers.ContentEncoding = coding;

            // Other bytes under the same strong tag would be wrong (RFC 9110 section 8.8.1).
            tag = tag is null ? null : new(tag.Tag, isWeak: true);
        }

        await TypedResults
            .Bytes(await answer.BodyAsync(coding), answer.ContentType is { Length: > 0 } type ? type : null, null, enableRangeProcessing: coding is null, answer.LastModified, tag)
            .ExecuteAsync(context);
        await ExplainAsync(context);
    }

    /// <summary>An answer that is not in the cache.</summary>
    public static async Task WriteAsync(HttpContext context, FetchedAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        Copy(answer.Headers, response.Headers);
        response.Headers.Remove(HeaderNames.TransferEncoding);
        if (answer.Body.Length > 0)
        {
            response.ContentLength = answer.Body.Length;
            await response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    /// <summary>The framework answers ranges and preconditions that fail without a word.</summary>
    private static Task ExplainAsync(HttpContext context)
    {
        var response = context.Response;
        var (code, title, detail) = response.StatusCode switch
        {
            StatusCodes.Status416RangeNotSatisfiable => (
                "range-not-satisfiable", "No such range", $"The range lies outside of the file: {response.Headers.ContentRange}."),
            StatusCodes.Status412PreconditionFailed => (
                "precondition-failed", "The file is not the one that was asked for", "If-Match or If-Unmodified-Since does not hold."),
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
