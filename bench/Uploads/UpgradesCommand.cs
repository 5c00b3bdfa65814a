using System.CommandLine;
using System.Globalization;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Bench.Uploads;

/// <summary>
/// The <c>images-upgrade</c> command. It measures whether the upgrade of an image to AVIF delays the next image.
/// </summary>
internal static class UpgradesCommand
{
    public static Command Create()
    {
        var photo = new Option<FileInfo?>("--photo")
        {
            Description = "An image. It is re-encoded as a JPEG of about 3 MB. [default: the largest image in Debian's mate-backgrounds]",
            HelpName = "FILE",
        };
        var pairs = NumberOption.Create("--pairs", "Number of timed pairs of uploads.", 20, 1, 10_000);
        var command = new Command(
            "images-upgrade",
            "[3 minutes] Compares the time from an upload until the image is ready in an idle app and while another image is upgraded to AVIF.")
        {
            photo, pairs,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Photograph.Encode(parsed.GetValue(photo)?.FullName), parsed.GetValue(pairs), cancellationToken));
        return command;
    }

    private static async Task RunAsync(Photograph photograph, int pairs, CancellationToken cancellationToken)
    {
        var failed = new FailedRequests();
        await using var bench = await ProgressDisplay.ShowAsync(
            progress => UploadBench.StartAsync(pollingMilliseconds: null, failed, progress.Say, cancellationToken));
        var latencies = await ProgressDisplay.ShowAsync(progress => bench.TimePairsAsync(photograph.Content, pairs, progress, cancellationToken));
        double[] idle = [.. latencies.Select(pair => pair.Idle.Total.TotalMilliseconds)];
        double[] busy = [.. latencies.Select(pair => pair.Busy.Total.TotalMilliseconds)];

        var table = new MarkdownTable("Upload to ready", "median ms", "p95 ms", "mean ms");
        AddRow("in an idle app", idle, Milliseconds);
        AddRow("while another image is upgraded", busy, Milliseconds);
        table.Add("ratio", Ratio(Percentile.Median, "0.00"), Ratio(values => Percentile.Of(values, 0.95), "0.00"), Ratio(Enumerable.Average, "0.00"));
        table.Write(Console.Out);
        failed.Write(Console.Out);

        void AddRow(string name, double[] values, Func<double, string> text) =>
            table.Add(name, text(Percentile.Median(values)), text(Percentile.Of(values, 0.95)), text(values.Average()));

        string Ratio(Func<double[], double> statistic, string format) =>
            (statistic(busy) / statistic(idle)).ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Milliseconds(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
