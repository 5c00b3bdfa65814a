using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Evaluates the conditional headers of a request in the order of RFC 9110 section 13.2.2. Every response with a validator uses this class
/// instead of the framework's file results, which let <c>If-Modified-Since</c> override a match of <c>If-None-Match</c>, and apply
/// <c>Range</c> to HEAD requests and to unknown range units.
/// </summary>
internal static class Preconditions
{
    /// <summary>Returns whether the request has a header that can make the response 304, 412, 206 or 416.</summary>
    public static bool AreIn(HttpRequest request) =>
        request.Headers.ContainsKey(HeaderNames.Range)
        || request.Headers.ContainsKey(HeaderNames.IfMatch)
        || request.Headers.ContainsKey(HeaderNames.IfNoneMatch)
        || request.Headers.ContainsKey(HeaderNames.IfModifiedSince)
        || request.Headers.ContainsKey(HeaderNames.IfUnmodifiedSince);

    /// <summary>Evaluates steps 1 to 4 of section 13.2.2, which decide whether the operation is performed.</summary>
    /// <param name="request">The request, with or without conditional headers.</param>
    /// <param name="current">The entity tag of the current representation.</param>
    /// <param name="lastModified">The time of the last change; null if the representation has no <c>Last-Modified</c>.</param>
    /// <returns>
    /// Null if the operation is to be performed. Otherwise 304, or the problem <c>precondition-failed</c> with status 412.
    /// </returns>
    public static IResult? Evaluate(HttpRequest request, EntityTagHeaderValue current, DateTimeOffset? lastModified = null)
    {
        var headers = request.Headers;
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (headers.ContainsKey(HeaderNames.IfMatch))
        {
            if (!Names(headers.IfMatch, current, useStrongComparison: true))
            {
                return Failed(HeaderNames.IfMatch, current);
            }
        }
        else if (DateOf(headers.IfUnmodifiedSince) is { } unmodifiedSince && WholeSeconds(lastModified) > unmodifiedSince)
        {
            return Failed(HeaderNames.IfUnmodifiedSince, current);
        }

        if (headers.ContainsKey(HeaderNames.IfNoneMatch))
        {
            if (Names(headers.IfNoneMatch, current, useStrongComparison: false))
            {
                return isRead ? NotModified() : Failed(HeaderNames.IfNoneMatch, current);
            }
        }
        else if (isRead && DateOf(headers.IfModifiedSince) is { } modifiedSince && WholeSeconds(lastModified) <= modifiedSince)
        {
            return NotModified();
        }

        return null;
    }

    /// <summary>Evaluates step 5 of section 13.2.2, which decides whether the response contains only a range.</summary>
    /// <returns>
    /// The range to send, which is <see cref="ByteRange.Unsatisfiable"/> if the response must be 416. Null if the response contains the
    /// complete representation, because the request has no applicable range.
    /// </returns>
    public static ByteRange? RangeOf(HttpRequest request, EntityTagHeaderValue current, DateTimeOffset? lastModified, long length) =>
        HttpMethods.IsGet(request.Method) && IfRangeIsTrue(request.Headers.IfRange, current, lastModified)
            ? ByteRange.Parse(request.Headers.Range, length)
            : null;

    // An entity tag needs a strong comparison. A date needs an exact match, because the client may have a newer or an older representation
    // (section 13.1.5). The date counts as a strong validator, because the contents of a variant are the same after every write.
    private static bool IfRangeIsTrue(StringValues values, EntityTagHeaderValue current, DateTimeOffset? lastModified) =>
        values.Count == 0
        || (EntityTagHeaderValue.TryParse(values.ToString(), out var tag)
            ? !tag.Equals(EntityTagHeaderValue.Any) && tag.Compare(current, useStrongComparison: true)
            : DateOf(values) is { } date && WholeSeconds(lastModified) == date);

    private static bool Names(StringValues values, EntityTagHeaderValue current, bool useStrongComparison) =>
        values.ToString().Trim() == "*"
        || (EntityTagHeaderValue.TryParseList([.. values.OfType<string>()], out var tags)
            && tags.Any(tag => !tag.Equals(EntityTagHeaderValue.Any) && tag.Compare(current, useStrongComparison)));

    // A value that is not a single HTTP date is ignored (sections 13.1.3 and 13.1.4).
    private static DateTimeOffset? DateOf(StringValues values) =>
        values.Count == 1 && HeaderUtilities.TryParseDate(values.ToString(), out var date) ? date : null;

    // HTTP dates have whole seconds, but the store's times may have fractions.
    private static DateTimeOffset? WholeSeconds(DateTimeOffset? time) =>
        time is { } known ? DateTimeOffset.FromUnixTimeSeconds(known.ToUnixTimeSeconds()) : null;

    private static StatusCodeHttpResult NotModified() => TypedResults.StatusCode(StatusCodes.Status304NotModified);

    private static IResult Failed(string header, EntityTagHeaderValue current) => new Problem(
        StatusCodes.Status412PreconditionFailed, "precondition-failed", "The precondition failed",
        $"The condition in {header} is false. The current ETag is {current}.")
    { Pointer = header }.ToResult();
}

/// <param name="First">The position of the first byte.</param>
/// <param name="Length">The number of bytes, at least 1.</param>
internal readonly record struct ByteRange(long First, long Length)
{
    /// <summary>A range that contains no byte of the representation.</summary>
    public static ByteRange Unsatisfiable => default;

    /// <summary>Parses a <c>Range</c> header for a representation with <paramref name="length"/> bytes (RFC 9110 section 14.2).</summary>
    /// <returns>
    /// The range; null when the header is absent or is ignored. The server ignores units other than bytes, invalid syntax, and several
    /// ranges. RFC 9110 permits a complete response to several ranges, and no client of images needs a multipart response.
    /// </returns>
    public static ByteRange? Parse(string? header, long length)
    {
        var specifier = header.AsSpan();
        var equals = specifier.IndexOf('=');
        if (equals < 0 || length == 0 || !specifier[..equals].Trim().Equals("bytes", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var range = specifier[(equals + 1)..].Trim();
        var dash = range.IndexOf('-');
        if (dash < 0 || Position(range[(dash + 1)..]) is not { } second || Position(range[..dash]) is not { } first)
        {
            return null;
        }

        return (first, second) switch
        {
            (-1, -1) => null,
            (-1, 0) => Unsatisfiable,
            (-1, _) => new(length - Math.Min(second, length), Math.Min(second, length)),
            (_, >= 0) when second < first => null,
            _ when first >= length => Unsatisfiable,
            (_, -1) => new(first, length - first),
            _ => new(first, Math.Min(second, length - 1) - first + 1),
        };
    }

    /// <returns>
    /// The number; -1 when it is absent; null when the text is not a number. Numbers that are too large for <see cref="long"/> are valid, and
    /// are beyond the end of every representation.
    /// </returns>
    private static long? Position(ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty)
        {
            return -1;
        }

        if (digits.ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        return long.TryParse(digits, out var value) ? value : long.MaxValue;
    }
}
