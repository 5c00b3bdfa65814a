using System.Globalization;
using nietras.SeparatedValues;
using ServerlessScale.Local;

namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>
/// Reads requests from CSV (RFC 4180) with the columns <c>timestamp</c> (RFC 3339, never earlier than the line before) and
/// <c>durationMs</c> (0 to 86,400,000); others are ignored. Application Insights' table <c>requests</c> exports them so:
/// <c>requests | project timestamp, durationMs = duration | order by timestamp asc</c>. No line is kept.
/// </summary>
internal static class RequestLog
{
    private const double LongestMs = 86_400_000;

    /// <param name="name">What errors call the log.</param>
    /// <exception cref="LocalCloudException">A line is not as described, named with its number.</exception>
    public static IEnumerable<Request> Read(TextReader text, string name)
    {
        using var reader = Open(text, name);
        DateTimeOffset? first = null;
        double last = 0;
        foreach (var row in reader)
        {
            if (row.ColCount != reader.Header.ColNames.Count)
            {
                throw Bad(name, row.LineNumberFrom, $"has {row.ColCount} fields, the header {reader.Header.ColNames.Count}");
            }

            var timestamp = DateTimeOffset.TryParse(row["timestamp"].Span, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time
                : throw Bad(name, row.LineNumberFrom, "timestamp is not an RFC 3339 time");
            var duration = double.TryParse(row["durationMs"].Span, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds)
                && milliseconds is >= 0 and <= LongestMs
                ? milliseconds
                : throw Bad(name, row.LineNumberFrom, "durationMs is not a number from 0 to 86400000");
            first ??= timestamp;
            var at = (timestamp - first.Value).TotalSeconds;
            if (at < last)
            {
                throw Bad(name, row.LineNumberFrom, "timestamp is earlier than the line before; sort the log by time");
            }

            last = at;
            yield return new(at, duration / 1000);
        }
    }

    private static SepReader Open(TextReader text, string name)
    {
        try
        {
            var reader = Sep.New(',').Reader(options => options with { Unescape = true, DisableColCountCheck = true }).From(text);
            return reader.Header.ColNames.Contains("timestamp") && reader.Header.ColNames.Contains("durationMs")
                ? reader
                : throw new LocalCloudException($"{name}: the header must have the columns timestamp and durationMs.");
        }
        catch (Exception problem) when (problem is InvalidDataException or ArgumentException or NotSupportedException)
        {
            throw new LocalCloudException($"{name}: the header cannot be read: {problem.Message}", problem);
        }
    }

    private static LocalCloudException Bad(string name, int line, string what) => new($"{name}, line {line}: {what}.");
}
