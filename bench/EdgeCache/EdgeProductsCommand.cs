using System.CommandLine;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>
/// The <c>edge-products</c> command. It counts how many simultaneous reads of a product reach the app, and how many reads it takes until a
/// change is visible.
/// </summary>
internal static class EdgeProductsCommand
{
    public static Command Create()
    {
        var clients = NumberOption.Create("--clients", "Number of clients that send a request at the same time.", 1_000, 1, 100_000);
        var changes = NumberOption.Create("--changes", "Number of changes of the product.", 100, 1, 10_000);
        var command = new Command(
            "edge-products",
            "[1 minute] Counts how many of 1,000 simultaneous reads of one product reach the app behind an edge, and whether the next read "
            + "shows a change of the product.")
        {
            clients, changes,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(clients), parsed.GetValue(changes), cancellationToken));
        return command;
    }

    private static async Task RunAsync(int clients, int changes, CancellationToken cancellationToken)
    {
        var failed = new FailedRequests();
        var (waves, visible) = await ProgressDisplay.ShowAsync(progress =>
            new ProductBench(clients, changes, failed, progress).RunAsync(cancellationToken));

        var table = new MarkdownTable([$"{clients:N0} simultaneous GETs of one product", .. Wave.Columns]);
        foreach (var wave in waves)
        {
            wave.AddTo(table);
        }

        table.Write(Console.Out);
        Console.WriteLine();
        var reads = new MarkdownTable($"{changes:N0} changes of the product", "next read of the product shows it", "next read of the listing shows it");
        foreach (var row in visible)
        {
            reads.Add(row.Name, $"{row.Product:N0}", $"{row.Listing:N0}");
        }

        reads.Write(Console.Out);
        failed.Write(Console.Out);
    }
}
