using System.CommandLine;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>The <c>edge-flood</c> command. It measures the memory of the edge after a flood of requests for different paths.</summary>
internal static class EdgeFloodCommand
{
    public static Command Create()
    {
        var requests = NumberOption.Create("--requests", "Number of requests of each flood.", 35_000, 1, 1_000_000);
        var command = new Command(
            "edge-flood",
            "[2 minutes] Measures the live memory of the edge before and after floods of requests for different, long paths.")
        {
            requests,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(requests), cancellationToken));
        return command;
    }

    private static async Task RunAsync(int requests, CancellationToken cancellationToken)
    {
        var table = new MarkdownTable($"{requests:N0} requests", "live memory before, MB", "after, MB");
        foreach (var flood in (Flood[])
        [
            new("404 with no-store, paths with 8,000 characters", 404, "no-store", 8_000, 0),
            new("404 with no-store, paths with 1,900 characters", 404, "no-store", 1_900, 0),
            new("404 with max-age, paths with 1,900 characters", 404, "max-age=3600", 1_900, 0),
            new("200 with max-age, 8 KB bodies, paths with 1,900 characters", 200, "max-age=3600", 1_900, 8_192),
        ])
        {
            var (before, after) = await flood.RunAsync(requests, cancellationToken);
            table.Add(flood.Name, $"{before / 1e6:N0}", $"{after / 1e6:N0}");
        }

        table.Write(Console.Out);
    }
}
