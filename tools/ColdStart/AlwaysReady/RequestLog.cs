using System.Globalization;
using nietras.SeparatedValues;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Pricing;

namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>
/// Reads requests from CSV (RFC 4180). The <c>timestamp</c> column contains RFC 3339 times in ascending order, and the <c>durationMs</c>
/// column contains numbers from 0 to 86,400,000. Other columns are ignored. The following query exports such a log from Application
/// Insights: <c>requests | project timestamp, durationMs = duration | order by timestamp asc</c>. The log is read line by line, so it may
/// be larger than the available memory.
/// </summary>
internal static class RequestLog
{
    private const double LongestMs = 86_400_000;

    /// <param name="name">The name of the log in error messages.</param>
    /// <exception cref="CommandException">A line does not have this format. The message contains the line number.</exception>
    public static IEnumerable<Request> Read(TextReader text, string name)
    {
        using var reader = Open(text, name);
        DateTimeOffset? first = null;
        double last = 0;
        foreach (var row in reader)
        {
            if (row.ColCount != reader.Header.ColNames.Count)
            {
                throw Bad(name, row.LineNumberFrom, $"has {row.ColCount} fields, but the header has {reader.Header.ColNames.Count}");
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
                throw Bad(name, row.LineNumberFrom, "timestamp is earlier than on the previous line; sort the log by time");
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
                : throw new CommandException($"{name}: the header must have the columns timestamp and durationMs.");
        }
        catch (Exception problem) when (problem is InvalidDataException or ArgumentException or NotSupportedException)
        {
            throw new CommandException($"{name}: the header cannot be read: {problem.Message}", problem);
        }
    }

    private static CommandException Bad(string name, int line, string problem) => new($"{name}, line {line}: {problem}.");
}
