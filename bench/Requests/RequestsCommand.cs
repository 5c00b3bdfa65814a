using System.CommandLine;
using ServerlessScale.Local;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Bench.Requests;

/// <summary>
/// The <c>requests</c> command. It compares the processor time that the worker process spends on each kind of request with the time for an
/// empty function.
/// </summary>
internal static class RequestsCommand
{
    public static Command Create()
    {
        var clients = NumberOption.Create("--clients", "Number of connections. Each sends one request after another.", 8, 1, 256);
        var rounds = NumberOption.Create("--rounds", "Number of rounds. Every kind of request has one turn in each round.", 7, 1, 1_000);
        var requests = NumberOption.Create("--requests", "Number of requests per turn.", 2_000, 8, 1_000_000);
        var only = new Option<string?>("--only") { Description = "Measures only the empty function and the kinds whose names contain this text.", HelpName = "TEXT" };
        var command = new Command(
            "requests",
            "[4 minutes] Measures the processor time of the worker for each kind of request, from the operating system, as a ratio to an "
            + "empty function. Orders are in tables, and then in StrictCosmos.")
        {
            clients, rounds, requests, only,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            foreach (var store in Enum.GetValues<LocalOrderBackend>())
            {
                var plan = new RequestPlan(parsed.GetValue(clients), parsed.GetValue(rounds), parsed.GetValue(requests));
                await RunAsync(store, plan, parsed.GetValue(only), cancellationToken);
            }
        });
        return command;
    }

    private static async Task RunAsync(LocalOrderBackend store, RequestPlan plan, string? only, CancellationToken cancellationToken)
    {
        var failed = new FailedRequests();
        var results = await ProgressDisplay.ShowAsync(async progress =>
        {
            var app = await ReleaseApp.BuildAsync(progress.Say, cancellationToken);
            await using var bench = await RequestBench.StartAsync(store, app, failed, progress.Say, cancellationToken);
            return await bench.RunAsync(plan, only, progress, cancellationToken);
        });

        var empty = results[0].Microseconds;
        var table = new MarkdownTable(
            $"Orders in {store}", "processor µs of the worker, median of rounds", "ratio to the empty function, median of rounds", "lowest", "highest");
        foreach (var result in results)
        {
            double[] ratios = [.. result.Microseconds.Zip(empty, (own, baseline) => own / baseline)];
            table.Add(
                result.Name, $"{Percentile.Median(result.Microseconds):0}", $"{Percentile.Median(ratios):0.00}", $"{ratios.Min():0.00}", $"{ratios.Max():0.00}");
        }

        table.Write(Console.Out);
        failed.Write(Console.Out);
        Console.WriteLine();
    }
}
