using System.CommandLine;
using Spectre.Console;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>Measures how many requests the edge's cache keeps away from the app when a thousand clients ask for one variant at once.</summary>
internal static class EdgeCacheCommand
{
    public static Command Create()
    {
        var clients = new Argument<int>("clients") { DefaultValueFactory = _ => 1_000, Description = "Clients that ask at the same time." };
        var command = new Command("edge-cache", "How many requests for one image reach the app without an edge, with an edge, and with the edge's cache.") { clients };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(clients)));
        return command;
    }

    private static async Task RunAsync(int clients)
    {
        // One cloud after the other on the same machine, with the same photograph.
        IReadOnlyList<Wave> waves =
        [
            .. await Waves.MeasureAsync("no edge", edge: false, cached: false, clients),
            .. await Waves.MeasureAsync("edge, route without a cache", edge: true, cached: false, clients),
            .. await Waves.MeasureAsync("edge with its cache", edge: true, cached: true, clients),
        ];

        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumn($"{clients:N0} GETs of one variant at once");
        foreach (var column in (string[])["answered 200", "reached the app", "p50 ms", "p99 ms", "all ms"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var wave in waves)
        {
            table.AddRow(
                wave.Name, $"{wave.Answered:N0}", $"{wave.AppRequests:N0}", $"{wave.Percentile(0.5):N0}", $"{wave.Percentile(0.99):N0}", $"{wave.All:N0}");
        }

        AnsiConsole.Console.Profile.Width = 10_000;
        AnsiConsole.Write(table);
    }
}
