using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Writes a file with support for ranges and preconditions (RFC 9110 sections 13 and 14). If the range cannot be satisfied or a
/// precondition fails, the response is a problem document.
/// </summary>
internal sealed class RangeResult : IResult
{
    /// <summary>A seekable stream, which this result disposes.</summary>
    public required Stream Content { get; init; }

    public required string ContentType { get; init; }

    public required EntityTagHeaderValue ETag { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var content = Content;
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.Headers.ETag = ETag.ToString();
        response.Headers.LastModified = HeaderUtilities.FormatDate(LastModified);
        if (Preconditions.Evaluate(request, ETag, LastModified) is { } result)
        {
            await result.ExecuteAsync(httpContext);
            return;
        }

        var length = content.Length;
        response.Headers.AcceptRanges = "bytes";
        var range = Preconditions.RangeOf(request, ETag, LastModified, length);
        if (range == ByteRange.Unsatisfiable)
        {
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
            await Unsatisfiable(length).ToResult().ExecuteAsync(httpContext);
            return;
        }

        var (first, count) = range ?? new ByteRange(0, length);
        response.ContentType = ContentType;
        response.ContentLength = count;
        if (range is not null)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{first + count - 1}/{length}");
        }

        if (!HttpMethods.IsHead(request.Method))
        {
            content.Position = first;
            await StreamCopyOperation.CopyToAsync(content, response.Body, count, httpContext.RequestAborted);
        }
    }

    private static Problem Unsatisfiable(long length) => new(
        StatusCodes.Status416RangeNotSatisfiable, "range-not-satisfiable", "The range cannot be satisfied",
        string.Create(CultureInfo.InvariantCulture, $"The range is outside the file, which has {length} bytes."))
    {
        Pointer = HeaderNames.Range,
    };
}
