using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// Evaluates the preconditions and the range of a GET or HEAD request for a stored response, in the order of RFC 9110 section 13.2.2.
/// </summary>
internal static class Preconditions
{
    /// <summary>Determines the response to a request.</summary>
    /// <param name="request">A GET or HEAD request.</param>
    /// <param name="stored">The stored response.</param>
    /// <param name="tag">The ETag of the form that the client would receive; null if it has none.</param>
    /// <param name="length">The length of the body that the client would receive.</param>
    public static Selection Evaluate(HttpRequest request, StoredResponse stored, EntityTagHeaderValue? tag, int length)
    {
        var whole = new Selection(stored.Status, 0, length);

        // Preconditions and ranges apply only if the response without them would be successful (RFC 9110 section 13.2.1).
        if (stored.Status is < 200 or > 299)
        {
            return whole;
        }

        var headers = request.Headers;
        if (headers.IfMatch.Count > 0)
        {
            if (!Matches(headers.IfMatch, tag, useStrongComparison: true))
            {
                return new(StatusCodes.Status412PreconditionFailed, 0, 0);
            }
        }
        else if (HttpDate.Parse(headers.IfUnmodifiedSince.ToString()) is { } latest && stored.LastModified > latest)
        {
            return new(StatusCodes.Status412PreconditionFailed, 0, 0);
        }

        var isCurrent = headers.IfNoneMatch.Count > 0
            ? Matches(headers.IfNoneMatch, tag, useStrongComparison: false)
            : HttpDate.Parse(headers.IfModifiedSince.ToString()) is { } known && stored.ModifiedAt <= known;
        if (isCurrent)
        {
            return new(StatusCodes.Status304NotModified, 0, 0);
        }

        return HttpMethods.IsGet(request.Method) && stored.Status == StatusCodes.Status200OK && MayUseRange(headers, stored, tag)
            ? RangeOf(headers.Range, length) ?? whole
            : whole;
    }

    private static bool Matches(StringValues condition, EntityTagHeaderValue? tag, bool useStrongComparison) =>
        condition.ToString().Trim() == "*"
        || (tag is not null
            && EntityTagHeaderValue.TryParseList([.. condition.Select(value => value ?? "")], out var tags)
            && tags.Any(other => tag.Compare(other, useStrongComparison)));

    /// <summary>Returns whether If-Range is absent, or has a strong validator of the stored response (RFC 9110 section 13.1.5).</summary>
    private static bool MayUseRange(IHeaderDictionary headers, StoredResponse stored, EntityTagHeaderValue? tag)
    {
        if (headers.IfRange.Count == 0)
        {
            return true;
        }

        var text = headers.IfRange.ToString().Trim();
        if (EntityTagHeaderValue.TryParse(text, out var other))
        {
            return tag?.Compare(other, useStrongComparison: true) == true;
        }

        // A date is a strong validator only if the response was generated at least a second after the modification (RFC 9110 section
        // 8.8.2.2).
        return HttpDate.Parse(text) is { } date
            && stored.LastModified == date
            && HttpDate.Parse(stored.Headers.Date.ToString()) is { } generated
            && generated - date >= TimeSpan.FromSeconds(1);
    }

    /// <returns>
    /// The range; null if the header is ignored because it is absent, invalid, in an unknown unit, or has several ranges.
    /// </returns>
    private static Selection? RangeOf(StringValues header, int length)
    {
        const string Unit = "bytes";
        if (header.Count != 1
            || !RangeHeaderValue.TryParse(header.ToString(), out var value)
            || !value.Unit.Equals(Unit, StringComparison.OrdinalIgnoreCase)
            || value.Ranges.Count != 1)
        {
            return null;
        }

        var range = value.Ranges.Single();
        var (start, end) = range.From is { } from
            ? (from, Math.Min(range.To ?? long.MaxValue, length - 1))
            : (length - Math.Min(range.To ?? 0, length), length - 1);
        return start > end
            ? new(StatusCodes.Status416RangeNotSatisfiable, 0, 0)
            : new(StatusCodes.Status206PartialContent, (int)start, (int)(end - start + 1));
    }

    /// <summary>The status of the response and the part of the body that it contains.</summary>
    internal readonly record struct Selection(int Status, int Start, int Length);
}
