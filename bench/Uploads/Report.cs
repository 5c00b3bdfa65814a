using ServerlessScale.Shared.Images;
using Spectre.Console;

namespace ServerlessScale.Bench.Uploads;

/// <summary>Where the time went, for a terminal.</summary>
internal static class Report
{
    private static readonly (string Name, Func<ImageTimings, double?> Of)[] PhaseColumns =
    [
        ("upload", timings => timings.UploadMs),
        ("queue wait", timings => timings.QueueWaitMs),
        ("memory wait", timings => timings.MemoryWaitMs),
        ("download", timings => timings.DownloadMs),
        ("decode", timings => timings.DecodeMs),
        ("resize", timings => timings.ResizeMs),
        ("encode", timings => timings.EncodeMs),
        ("store", timings => timings.StoreMs),
    ];

    public static void Write(IAnsiConsole console, IReadOnlyList<Latency> latencies)
    {
        var total = latencies.Average(latency => latency.Total.TotalMilliseconds);
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumn("Phase");
        foreach (var column in (string[])["median ms", "p95 ms", "mean ms", "share of the mean"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var (name, of) in PhaseColumns)
        {
            AddRow(name, latency => of(latency.Phases) ?? 0);
        }

        // Requests, the manifest's changes, and the time until the next look at the status.
        AddRow("the rest", latency => latency.Total.TotalMilliseconds - PhaseColumns.Sum(phase => phase.Of(latency.Phases) ?? 0));
        AddRow("upload to ready", latency => latency.Total.TotalMilliseconds);
        console.Write(table);

        void AddRow(string name, Func<Latency, double> of)
        {
            double[] sorted = [.. latencies.Select(of).Order()];
            var middle = sorted.Length / 2;
            var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
            var p95 = sorted[(int)Math.Ceiling(0.95 * sorted.Length) - 1];
            table.AddRow(
                name,
                FormattableString.Invariant($"{median:0.0}"),
                FormattableString.Invariant($"{p95:0.0}"),
                FormattableString.Invariant($"{sorted.Average():0.0}"),
                FormattableString.Invariant($"{sorted.Average() / total:P1}"));
        }
    }
}
