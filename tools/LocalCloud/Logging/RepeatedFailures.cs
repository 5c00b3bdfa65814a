using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Local.Logging;

/// <summary>
/// Recognises failures that are logged again and again, e.g. by every request during an outage. The first one is written in full. The
/// others are counted, and summaries state their number, until the failure has not occurred for some time. Two failures are the same if
/// their messages differ only in numbers and ids. The class is not thread-safe.
/// </summary>
internal sealed partial class RepeatedFailures(TimeProvider time)
{
    /// <summary>The time between two summaries of a failure that continues.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>The maximum number of different failures. Further failures are written in full.</summary>
    private const int MaxKinds = 500;

    private const int QuotedCharacters = 160;

    private readonly Dictionary<(LogLevel Level, string Category, string Pattern), Repetition> _repetitions = [];

    /// <summary>Returns whether the failure must be written. If not, it has been counted.</summary>
    public bool IsNew(LogLevel level, string category, string message)
    {
        var end = message.AsSpan().IndexOfAny('\r', '\n');
        var line = end < 0 ? message : message[..end];
        var key = (level, category, Variable().Replace(line, "#"));
        var now = time.GetUtcNow();
        if (_repetitions.TryGetValue(key, out var known))
        {
            known.Count++;
            known.SinceSummary++;
            known.Last = now;
            return false;
        }

        if (_repetitions.Count < MaxKinds)
        {
            _repetitions[key] = new(line.Length <= QuotedCharacters ? line : line[..QuotedCharacters] + " ...", now);
        }

        return true;
    }

    /// <summary>Returns the summaries that are due, and forgets the failures that have ended.</summary>
    /// <param name="ending">Whether the log ends, so that all counted failures must be reported now.</param>
    public IReadOnlyList<(LogLevel Level, string Category, string Text)> TakeSummaries(bool ending)
    {
        var now = time.GetUtcNow();
        var due = new List<(LogLevel, string, string)>();
        foreach (var (key, repetition) in _repetitions.ToList())
        {
            var ended = ending || now - repetition.Last >= Interval;
            if (ended)
            {
                _repetitions.Remove(key);
            }

            if (repetition.Count > 1 && (ended || (repetition.SinceSummary > 0 && now - repetition.Summarised >= Interval)))
            {
                due.Add((key.Level, key.Category, Text(repetition, ended && !ending)));
                repetition.SinceSummary = 0;
                repetition.Summarised = now;
            }
        }

        return due;
    }

    private string Text(Repetition repetition, bool ended)
    {
        var culture = CultureInfo.InvariantCulture;
        var first = TimeZoneInfo.ConvertTime(repetition.First, time.LocalTimeZone).ToString("HH:mm:ss", culture);
        var last = TimeZoneInfo.ConvertTime(repetition.Last, time.LocalTimeZone).ToString("HH:mm:ss", culture);
        return ended
            ? string.Create(culture, $"Ended: {repetition.Count} times from {first} to {last}: {repetition.Line}")
            : string.Create(culture, $"Repeated: {repetition.Count} times since {first}: {repetition.Line}");
    }

    /// <summary>Numbers, and words of at least eight characters that contain a digit, such as ids.</summary>
    [GeneratedRegex(@"\b(?=\w*\d)[\w-]{8,}\b|\d+")]
    private static partial Regex Variable();

    private sealed class Repetition(string line, DateTimeOffset now)
    {
        public string Line => line;

        public DateTimeOffset First { get; } = now;

        public DateTimeOffset Last { get; set; } = now;

        public DateTimeOffset Summarised { get; set; } = now;

        public int Count { get; set; } = 1;

        public int SinceSummary { get; set; }
    }
}
