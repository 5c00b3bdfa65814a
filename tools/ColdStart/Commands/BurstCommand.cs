using System.CommandLine;
using ServerlessScale.ColdStart.Remote;
using ServerlessScale.ColdStart.Statistics;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>Sends many requests at once to an app that has no instance.</summary>
internal static class BurstCommand
{
    public static Command Create()
    {
        var remote = new RemoteOptions();
        var parallel = new Option<int>("--parallel") { Description = "Requests at the same time.", HelpName = "K", DefaultValueFactory = _ => 50 };
        parallel.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10_000)
            {
                result.AddError("--parallel must be from 1 to 10000.");
            }
        });
        var command = new Command("burst", "Idles or restarts an app, then sends it k requests at once: how many met a cold start, on how many instances.");
        remote.AddTo(command);
        command.Options.Add(parallel);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = remote.Client(parsed);
            var app = remote.App(parsed, client);
            await remote.MakeCold(parsed, app)(cancellationToken);
            var burst = await Burst.SendAsync(app, parsed.GetValue(parallel), cancellationToken);
            var summary = Summary.Of([.. burst.Answers.Select(answer => answer.Milliseconds)]);
            Console.WriteLine(FormattableString.Invariant(
                $"{burst.Answers.Count} requests on {burst.Instances} instances, {burst.Cold} of them their instance's first, {burst.Failed} not answered with 200: median {summary.Median:0} ms (95 %: {summary.MedianInterval.ToString("0")}), p95 {summary.P95:0}, p99 {summary.P99:0}, slowest {burst.Answers.Max(answer => answer.Milliseconds):0}"));
        });
        return command;
    }
}
