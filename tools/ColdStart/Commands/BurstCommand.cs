using System.CommandLine;
using ServerlessScale.ColdStart.Remote;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>The <c>burst</c> command, which sends many concurrent requests to a running app that has no instance.</summary>
internal static class BurstCommand
{
    public static Command Create()
    {
        var remote = new RemoteOptions();
        var parallel = NumberOption.Create("--parallel", "The number of concurrent requests.", 50, 1, 10_000);
        var command = new Command(
            "burst",
            "Restarts a running app or waits for it to scale to zero, then sends concurrent requests. Counts the cold starts and "
            + "the instances that responded.");
        remote.AddTo(command);
        command.Options.Add(parallel);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = remote.Client(parsed);
            var app = remote.App(parsed, client);
            await remote.MakeCold(parsed, app)(cancellationToken);
            var burst = await Burst.SendAsync(app, parsed.GetValue(parallel), cancellationToken);
            var summary = Summary.Of([.. burst.Responses.Select(response => response.Milliseconds)]);
            Console.WriteLine(
                $"{burst.Responses.Count} requests on {burst.Instances} instances. {burst.Cold} requests were the first on their instance, and "
                + $"{burst.Failed} did not return status 200. Median {summary.Median:0} ms (95 %: {summary.MedianInterval.ToString("0")}), p95 {summary.P95:0}, "
                + $"p99 {summary.P99:0}, slowest {burst.Responses.Max(response => response.Milliseconds):0}.");
        });
        return command;
    }
}
