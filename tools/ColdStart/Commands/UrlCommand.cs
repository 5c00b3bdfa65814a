using System.CommandLine;
using ServerlessScale.ColdStart.Remote;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>The <c>url</c> command, which measures cold starts of a running app, such as an app in Azure.</summary>
internal static class UrlCommand
{
    public static Command Create()
    {
        var remote = new RemoteOptions();
        var runs = NumberOption.Create("--runs", "The number of cold starts to measure.", 5, 1, 1_000);
        var command = new Command(
            "url",
            "Measures cold starts of a running app. Before each request, restarts the app or waits for it to scale to zero. Counts only "
            + "responses from new, cold instances.");
        remote.AddTo(command);
        command.Options.Add(runs);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = remote.Client(parsed);
            var app = remote.App(parsed, client);
            var sampling = await ColdSampling.TakeAsync(app, parsed.GetValue(runs), remote.MakeCold(parsed, app), Report, cancellationToken);
            if (sampling.Cold.Count == 0)
            {
                throw new CommandException($"None of the {sampling.Dropped} responses came from a new, cold instance.");
            }

            var summary = Summary.Of([.. sampling.Cold.Select(response => response.Milliseconds)]);
            Console.WriteLine(
                $"{summary.Count} cold starts ({sampling.Dropped} responses dropped): median {summary.Median:0} ms (95 %: {summary.MedianInterval.ToString("0")}), "
                + $"p95 {summary.P95:0}, p99 {summary.P99:0}, tail / median {summary.TailToMedian:0.00}");
        });
        return command;
    }

    private static void Report(RemoteResponse response, bool counts) => Console.Error.WriteLine(
        $"{response.Milliseconds:0} ms, status {response.Status}, instance {response.Instance ?? "unknown"}: {(counts ? "cold" : "dropped")}");
}
