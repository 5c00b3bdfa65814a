using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.Local.Lab.Starts;

namespace ServerlessScale.Tests.Unit.ColdStart;

/// <summary>
/// Creates run files with made-up measurements. The <c>StreamOpen</c> time of each start, in milliseconds, is the subject's value plus the
/// round number. All other times are constant.
/// </summary>
internal static class TestRun
{
    public static RunFile Of(params IEnumerable<(Subject Subject, double StreamOpen)> subjects) => new()
    {
        MeasuredAt = new DateTimeOffset(2026, 11, 25, 10, 0, 0, TimeSpan.Zero),
        Machine = new("Linux <5>", "X64", 2, ".NET 10"),
        PageCacheDropped = false,
        Subjects = [.. subjects.Select(entry => entry.Subject)],
        Samples =
        [
            .. from round in Enumerable.Range(1, 12)
               from entry in subjects
               select new Sample(round, entry.Subject.Name, Times(entry.StreamOpen + round), new(80_000_000, 400, 120, 9_000_000)),
        ],
    };

    public static Subject App(Variant variant, long zipBytes = 20_000_000) =>
        new() { App = "app", Variant = variant.Name, PackageBytes = 60_000_000, ZipBytes = zipBytes };

    public static StartTimes Times(double streamOpen) =>
        new() { StreamOpen = streamOpen, Initialized = 40, Indexed = 30, Loaded = 20, FirstResponse = 10, Processor = 300 };
}
