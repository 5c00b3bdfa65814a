using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Http;

/// <summary>Reads the version on which a change is based from <c>If-Match</c> (RFC 9110 section 13.1.1).</summary>
internal static class IfMatch
{
    /// <summary>The regular expression (ECMA-262) of one strong entity tag (RFC 9110 section 8.8.3) in the API description.</summary>
    public const string Pattern = "^\"[!#-~]*\"$";

    /// <returns>
    /// The opaque part of the strong entity tag, or a problem: <c>if-match-missing</c> with status 428 (RFC 6585 section 3) or
    /// <c>if-match-invalid</c> with status 400.
    /// </returns>
    /// <param name="values">The values of the header.</param>
    /// <param name="missing">States which headers to send when the header is missing.</param>
    public static Outcome<string> Parse(StringValues values, string missing)
    {
        if (values.Count == 0)
        {
            return new Problem(428, "if-match-missing", "The change does not name the version on which it is based", missing)
            {
                Pointer = HeaderNames.IfMatch,
            };
        }

        return values.Count == 1
            && EntityTagHeaderValue.TryParse(values[0], out var tag)
            && !tag.IsWeak
            && !tag.Equals(EntityTagHeaderValue.Any)
                ? tag.Tag.AsSpan()[1..^1].ToString()
                : new Problem(
                    400, "if-match-invalid", "If-Match is not valid",
                    "Send one strong entity tag with its quotes, exactly as in the ETag header of a response that contained the resource.")
                {
                    Pointer = HeaderNames.IfMatch,
                };
    }
}
