using System.Globalization;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>
/// Writes and reads session tokens of the form <c>{partition key range}:{version}#{lsn}</c>. The log sequence numbers (LSNs) of other
/// regions can follow. The tokens of several partitions are separated by commas. The version is always -1, as in an account that has never
/// failed over.
/// </summary>
internal static class SessionToken
{
    private const string Version = "-1";

    public static string Of(string partitionKeyRangeId, long lsn) =>
        string.Create(CultureInfo.InvariantCulture, $"{partitionKeyRangeId}:{Version}#{lsn}");

    /// <returns>The LSN that the token requires for the partition, or null when the token does not contain the partition.</returns>
    /// <exception cref="RefusedException">400: the token is malformed.</exception>
    public static long? Find(string token, string partitionKeyRangeId)
    {
        long? found = null;
        foreach (var part in token.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var numbers = colon < 0 ? [] : part[(colon + 1)..].Split('#');
            if (numbers.Length < 2
                || !long.TryParse(numbers[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                || !long.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out var lsn))
            {
                throw RefusedException.BadRequest("The session token provided is invalid.");
            }
            if (part.AsSpan(0, colon).SequenceEqual(partitionKeyRangeId))
            {
                found = Math.Max(found ?? 0, lsn);
            }
        }
        return found;
    }
}
