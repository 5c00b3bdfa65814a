using System.CommandLine;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>
/// The <c>edge-cache</c> command. Many clients request the same image simultaneously, and the command counts how many of these requests
/// reach the app with and without the edge's cache.
/// </summary>
internal static class EdgeCacheCommand
{
    public static Command Create()
    {
        var clients = NumberOption.Create("--clients", "Number of clients that send a request at the same time.", 1_000, 1, 100_000);
        var command = new Command(
            "edge-cache",
            "[3 minutes] Counts how many of 1,000 simultaneous requests for one image reach the app. Compares a cloud without an edge, an edge "
            + "that does not cache, and an edge that caches.")
        {
            clients,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(clients), cancellationToken));
        return command;
    }

    private static async Task RunAsync(int clients, CancellationToken cancellationToken)
    {
        var failed = new FailedRequests();
        var waves = await ProgressDisplay.ShowAsync(async progress =>
        {
            // The three clouds run one after another on the same machine, with the same photograph.
            progress.Begin(6);
            var bench = new WaveBench(clients, failed, progress);
            return (IReadOnlyList<Wave>)
            [
                .. await bench.RunAsync("no edge", edge: false, cached: false, cancellationToken),
                .. await bench.RunAsync("edge, route without a cache", edge: true, cached: false, cancellationToken),
                .. await bench.RunAsync("edge with its cache", edge: true, cached: true, cancellationToken),
            ];
        });

        var table = new MarkdownTable([$"{clients:N0} simultaneous GETs of one variant", .. Wave.Columns]);
        foreach (var wave in waves)
        {
            wave.AddTo(table);
        }

        table.Write(Console.Out);
        failed.Write(Console.Out);
    }
}
