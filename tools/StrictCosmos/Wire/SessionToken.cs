using System.Globalization;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>
/// Session tokens: <c>{partition key range}:{version}#{lsn}</c>, of several partitions joined by commas, with the LSNs of
/// further regions after it. The version here is always -1, as in an account that has never failed over.
/// </summary>
internal static class SessionToken
{
    private const string Version = "-1";

    public static string Of(string partitionKeyRangeId, long lsn) =>
        string.Create(CultureInfo.InvariantCulture, $"{partitionKeyRangeId}:{Version}#{lsn}");

    /// <returns>The LSN that the token asks of the partition; null when it does not mention it.</returns>
    /// <exception cref="RefusedException">400 when the token is malformed.</exception>
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
