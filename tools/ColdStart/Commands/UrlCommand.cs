using System.CommandLine;
using ServerlessScale.ColdStart.Remote;
using ServerlessScale.ColdStart.Statistics;
using ServerlessScale.Local;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>Measures cold starts of an app that runs somewhere else.</summary>
internal static class UrlCommand
{
    public static Command Create()
    {
        var remote = new RemoteOptions();
        var runs = new Option<int>("--runs") { Description = "Cold starts that are wanted.", HelpName = "N", DefaultValueFactory = _ => 5 };
        runs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000)
            {
                result.AddError("--runs must be from 1 to 1000.");
            }
        });
        var command = new Command("url", "Measures a deployed app: idles or restarts it, and counts only answers of instances that were new and cold.");
        remote.AddTo(command);
        command.Options.Add(runs);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = remote.Client(parsed);
            var app = remote.App(parsed, client);
            var sampling = await ColdSampling.TakeAsync(app, parsed.GetValue(runs), remote.MakeCold(parsed, app), Say, cancellationToken);
            if (sampling.Cold.Count == 0)
            {
                throw new LocalCloudException($"None of {sampling.Dropped} answers came from a new and cold instance.");
            }

            var summary = Summary.Of([.. sampling.Cold.Select(answer => answer.Milliseconds)]);
            Console.WriteLine(FormattableString.Invariant(
                $"{summary.Count} cold starts ({sampling.Dropped} answers dropped): median {summary.Median:0} ms (95 %: {summary.MedianInterval.ToString("0")}), p95 {summary.P95:0}, p99 {summary.P99:0}, tail / median {summary.TailToMedian:0.00}"));
        });
        return command;
    }

    private static void Say(RemoteAnswer answer, bool counts) => Console.Error.WriteLine(FormattableString.Invariant(
        $"{answer.Milliseconds:0} ms, status {answer.Status}, instance {answer.Instance ?? "unknown"}: {(counts ? "cold" : "dropped")}"));
}
