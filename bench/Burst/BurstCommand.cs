using System.CommandLine;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Bench.Burst;

/// <summary>The <c>burst</c> command, which sends a burst of requests to a shop that has scaled to zero.</summary>
internal static class BurstCommand
{
    public static Command Create()
    {
        var most = NumberOption.Create("--instances", "The maximum number of instances.", 4, 1, ScaleRange.MaxInstances);
        var seconds = NumberOption.Create("--seconds", "Length of the burst in seconds.", 25, 1, 600);
        var plot = new Option<FileInfo?>("--plot") { Description = "Draws instances, queues and latencies into an SVG file.", HelpName = "FILE" };
        var command = new Command(
            "burst", "[2 minutes] Sends a burst of uploads and reads to a shop without instances, then waits until the shop has scaled to zero again.")
        {
            most, seconds, plot,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var record = await ProgressDisplay.ShowAsync(progress => BurstBench.RunAsync(
                parsed.GetValue(most), TimeSpan.FromSeconds(parsed.GetValue(seconds)), progress, cancellationToken));
            Write(record);
            if (parsed.GetValue(plot) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, BurstPlot.Draw(record), cancellationToken);
            }
        });
        return command;
    }

    private static void Write(BurstRecord record)
    {
        var half = record.Duration / 2;
        var table = new MarkdownTable("A burst from zero", "");
        table.Add("requests", $"{record.Responses.Count}");
        table.Add("requests with a status other than 200 or 202", $"{record.Responses.Count(response => response.Status is not (200 or 202))}");
        table.Add("processes that responded", $"{record.Responses.Select(response => response.Instance).Distinct().Count(instance => instance.Length > 0)}");
        table.Add("cold responses (the first response from a process)", $"{record.Responses.Count(response => response.IsCold)}");
        table.Add("first response after", Seconds(record.Responses.Min(response => response.Due + response.Latency)));
        table.Add("peak instances", $"{record.Samples.Max(sample => sample.Scale.Instances)}");
        table.Add("longest queue, messages", $"{record.Samples.Max(sample => sample.Scale.Messages)}");
        table.Add("queue empty after", Seconds(Last(sample => sample.Scale.Messages > 0)));
        table.Add("last instance stopped after", Seconds(Last(sample => sample.Scale.Ready > 0)));
        table.Add("reads due in the first half: p50, p99", Percentiles(response => !response.IsUpload && response.Due < half));
        table.Add("reads due in the second half: p50, p99", Percentiles(response => !response.IsUpload && response.Due >= half));
        table.Add("uploads due in the second half: p50, p99", Percentiles(response => response.IsUpload && response.Due >= half));
        table.Write(Console.Out);

        TimeSpan Last(Func<TimedSample, bool> holds) => record.Samples.Where(holds).Select(sample => sample.At).DefaultIfEmpty().Max();

        string Percentiles(Func<TimedResponse, bool> isCounted)
        {
            double[] seconds = [.. record.Responses.Where(isCounted).Select(response => response.Latency.TotalSeconds)];
            return seconds.Length == 0 ? "-" : $"{Percentile.Median(seconds):0.00} s, {Percentile.Of(seconds, 0.99):0.00} s";
        }
    }

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.00} s";
}
