using System.CommandLine;
using System.Globalization;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Bench.Uploads;

/// <summary>
/// The <c>uploads</c> command. It measures the time from the upload of an image until the image is ready, and the worker's memory.
/// </summary>
internal static class UploadsCommand
{
    private static readonly (string Name, Func<ImageTimings, double?> Value)[] Phases =
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

    public static Command Create()
    {
        var photo = new Option<FileInfo?>("--photo")
        {
            Description = "An image. It is re-encoded as a JPEG of about 3 MB. [default: the largest image in Debian's mate-backgrounds]",
            HelpName = "FILE",
        };
        var uploads = NumberOption.Create("--uploads", "Number of timed uploads, which run one after another.", 30, 1, 10_000);
        var polling = new Option<int?>("--polling")
        {
            Description = "The maximum polling interval in milliseconds. Overrides LocalCloud's maxPollingInterval.",
            HelpName = "MS",
        };
        polling.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 100 or > 60_000)
            {
                result.AddError("--polling must be from 100 to 60000, because the queue trigger accepts no other intervals.");
            }
        });
        var noBurst = new Option<bool>("--no-burst") { Description = "Skips the burst of wallpapers after the timed uploads." };
        var command = new Command(
            "uploads",
            "[3 minutes] Times each phase from an upload until the image is ready. Reports the worker's peak memory during these uploads "
            + "and after a burst of all wallpapers in Debian's mate-backgrounds.")
        {
            photo, uploads, polling, noBurst,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Photograph.Encode(parsed.GetValue(photo)?.FullName), parsed.GetValue(uploads), parsed.GetValue(polling),
            parsed.GetValue(noBurst) ? [] : Photograph.Wallpapers(), cancellationToken));
        return command;
    }

    private static async Task RunAsync(
        Photograph photograph, int uploads, int? polling, IReadOnlyList<string> wallpapers, CancellationToken cancellationToken)
    {
        var failed = new FailedRequests();
        Console.WriteLine(
            $"Photograph: {photograph.Width} x {photograph.Height}, {photograph.Content.Length / 1e6:0.00} MB, JPEG quality {photograph.Quality}.");
        await using var bench = await ProgressDisplay.ShowAsync(progress => UploadBench.StartAsync(polling, failed, progress.Say, cancellationToken));
        var latencies = await ProgressDisplay.ShowAsync(progress => bench.TimeUploadsAsync(photograph.Content, uploads, progress, cancellationToken));
        Write(latencies);
        Console.WriteLine();
        double[] processor = [.. latencies.Select(latency => latency.Processor.TotalMilliseconds)];
        double[] ratios = [.. latencies.Select(latency => latency.Total / latency.Processor)];
        Console.WriteLine(Text(
            $"Worker's processor time from upload to ready: {Percentile.Median(processor):0} ms. Upload to ready takes {Percentile.Median(ratios):0.00} times as long (medians)."));
        Console.WriteLine($"Worker's peak resident memory during these uploads: {bench.PeakMegabytes():0} MB.");
        if (wallpapers.Count > 0)
        {
            var ready = await ProgressDisplay.ShowAsync(progress => bench.UploadAtOnceAsync(wallpapers, progress, cancellationToken));
            Console.WriteLine(
                $"Worker's peak resident memory after {wallpapers.Count} simultaneous wallpapers of up to 18 megapixels and 16 MB: "
                + $"{bench.PeakMegabytes():0} MB. {ready} wallpapers became ready.");
        }

        failed.Write(Console.Out);
    }

    private static void Write(IReadOnlyList<Latency> latencies)
    {
        var total = latencies.Average(latency => latency.Total.TotalMilliseconds);
        var table = new MarkdownTable("Phase", "median ms", "p95 ms", "mean ms", "share of the mean");
        foreach (var (name, value) in Phases)
        {
            AddRow(name, latency => value(latency.Phases) ?? 0);
        }

        // The rest consists of the HTTP requests, the manifest updates, and the delay between the ready state and the next poll of the
        // status.
        AddRow("the rest", latency => latency.Total.TotalMilliseconds - Phases.Sum(phase => phase.Value(latency.Phases) ?? 0));
        AddRow("upload to ready", latency => latency.Total.TotalMilliseconds);
        table.Write(Console.Out);

        void AddRow(string name, Func<Latency, double> value)
        {
            double[] values = [.. latencies.Select(value)];
            table.Add(
                name, Text($"{Percentile.Median(values):0.0}"), Text($"{Percentile.Of(values, 0.95):0.0}"), Text($"{values.Average():0.0}"),
                Text($"{values.Average() / total:P1}"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
