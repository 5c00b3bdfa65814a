using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ServerlessScale.Shared.ColdStarts;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>The query parameter <c>since</c>: an RFC 3339 time of the last 31 days, by default a day ago.</summary>
internal static class SinceParameter
{
    private const string Name = "since";

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <exception cref="ProblemException">400: not one RFC 3339 time, in the future, or older than records are kept.</exception>
    public static DateTimeOffset Parse(StringValues values, DateTimeOffset now)
    {
        if (values.Count == 0)
        {
            return now.AddDays(-1);
        }

        if (values is not [{ } value]
            || !DateTimeOffset.TryParseExact(
                value, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since))
        {
            throw Invalid("It must be one RFC 3339 time such as 2026-11-24T08:00:00Z; in an offset like +01:00 the plus is sent as %2B.");
        }

        if (since > now)
        {
            throw Invalid($"It lies in the future; the server's time is {now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}.");
        }

        return now - since <= InvocationRetention.Period
            ? since
            : throw Invalid($"Records are kept for {InvocationRetention.Period.Days} days; it is older.");
    }

    private static ProblemException Invalid(string detail) => new(new Problem(
        StatusCodes.Status400BadRequest, "invalid-since", "The parameter 'since' is not valid", detail)
    {
        Pointer = Name,
    });
}
