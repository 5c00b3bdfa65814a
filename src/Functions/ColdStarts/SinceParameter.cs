using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ServerlessScale.Shared.ColdStarts;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>The query parameter <c>since</c>: an RFC 3339 time within the last 31 days. The default is 24 hours ago.</summary>
internal static class SinceParameter
{
    private const string Name = "since";

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <returns>
    /// The time, or problem <c>invalid-since</c> (400). The problem is returned when the parameter is not exactly one RFC 3339 time, or
    /// when the time lies in the future or before the retention period.
    /// </returns>
    public static Outcome<DateTimeOffset> Parse(StringValues values, DateTimeOffset now)
    {
        if (values.Count == 0)
        {
            return now.AddDays(-1);
        }

        if (values is not [{ } value]
            || !DateTimeOffset.TryParseExact(
                value, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since))
        {
            return Invalid("Send one RFC 3339 time, for example 2026-11-24T08:00:00Z. Encode the plus sign of an offset such as +01:00 as %2B.");
        }

        if (since > now)
        {
            return Invalid($"The time lies in the future. The server's time is {now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}.");
        }

        return now - since <= InvocationRetention.Period
            ? since
            : Invalid($"The time is too long ago. Records are stored for {InvocationRetention.Period.Days} days.");
    }

    private static Problem Invalid(string detail) => new(
        StatusCodes.Status400BadRequest, "invalid-since", "The parameter 'since' is not valid", detail)
    {
        Pointer = Name,
    };
}
