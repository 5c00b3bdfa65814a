using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.ColdStarts;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>The <c>since</c> query parameter: an RFC 3339 time within the last 31 days. The default is 24 hours ago.</summary>
internal static class SinceParameter
{
    private const string Name = "since";

    /// <returns>
    /// The time, or a 400 <c>invalid-since</c> problem. The problem is returned when the parameter is repeated, is not an RFC 3339 time,
    /// is in the future, or is older than the retention period.
    /// </returns>
    public static Outcome<DateTimeOffset> Parse(StringValues values, DateTimeOffset now)
    {
        if (values.Count == 0)
        {
            return now.AddDays(-1);
        }

        if (values is not [{ } value] || !Rfc3339.TryParse(value, out var since))
        {
            return Invalid(
                "Send one RFC 3339 time, for example 2026-11-24T08:00:00Z. "
                + "If the time has an offset such as +01:00, encode the plus sign as %2B.");
        }

        if (since > now)
        {
            return Invalid($"The time is in the future. The server's time is {now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}.");
        }

        return now - since <= InvocationRetention.Period
            ? since
            : Invalid($"The time is too far in the past. Records are stored for {InvocationRetention.Period.Days} days.");
    }

    private static Problem Invalid(string detail) => new(
        StatusCodes.Status400BadRequest, "invalid-since", "The 'since' parameter is not valid", detail)
    {
        Pointer = Name,
    };
}
