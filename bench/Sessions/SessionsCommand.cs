using System.CommandLine;
using ServerlessScale.Local;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Bench.Sessions;

/// <summary>The <c>sessions</c> command, which compares carts in tables with carts in Redis.</summary>
internal static class SessionsCommand
{
    public static Command Create()
    {
        var shoppers = NumberOption.Create(
            "--shoppers", "Number of concurrent shoppers. Each shopper has a cart with three lines.", 8, 1, 256);
        var rounds = NumberOption.Create(
            "--rounds", "Number of rounds. In each round, each store has one turn of reads and one turn of changes.", 6, 1, 1_000);
        var requests = NumberOption.Create("--requests", "Number of requests that each shopper sends per turn.", 100, 1, 100_000);
        var command = new Command(
            "sessions",
            "[2 minutes] Times reading and changing carts over HTTP. Alternates between carts in Azurite's tables and carts in Redis.")
        {
            shoppers, rounds, requests,
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(shoppers), parsed.GetValue(rounds), parsed.GetValue(requests), cancellationToken));
        return command;
    }

    private static async Task RunAsync(int shoppers, int rounds, int requests, CancellationToken cancellationToken)
    {
        var failed = new FailedRequests();
        var (ofTables, ofRedis) = await ProgressDisplay.ShowAsync(async progress =>
        {
            progress.Begin(2 * (rounds + 1));
            var app = await ReleaseApp.BuildAsync(progress.Say, cancellationToken);
            await using var tables = await CartLoad.StartAsync(LocalSessionBackend.Tables, app, shoppers, failed, progress.Say, cancellationToken);
            await using var redis = await CartLoad.StartAsync(LocalSessionBackend.Redis, app, shoppers, failed, progress.Say, cancellationToken);
            // Round 0 is a warm-up. Without it, JIT compilation, new connections and empty caches in the stores would affect the first
            // measured round.
            for (var round = 0; round <= rounds; round++)
            {
                foreach (var (name, load) in ((string, CartLoad)[])(round % 2 == 0 ? [("tables", tables), ("redis", redis)] : [("redis", redis), ("tables", tables)]))
                {
                    await load.RunAsync(requests, record: round > 0, cancellationToken);
                    progress.Step(round == 0 ? $"{name}: warm-up" : $"{name}: round {round} of {rounds}");
                }
            }

            return (tables.Turns, redis.Turns);
        });
        Write(ofTables, ofRedis);
        failed.Write(Console.Out);
    }

    private static void Write(IReadOnlyList<Turn> tables, IReadOnlyList<Turn> redis)
    {
        var table = new MarkdownTable("Request", "Carts in", "requests/s", "p50 ms", "p99 ms", "Redis to tables: requests/s", "p50", "p99");
        foreach (var request in tables.Select(turn => turn.Request).Distinct())
        {
            var (first, second) = (Figures(tables, request), Figures(redis, request));
            table.Add(request, "tables", $"{first.PerSecond:0}", $"{first.P50:0.0}", $"{first.P99:0.0}");
            table.Add(
                request, "redis", $"{second.PerSecond:0}", $"{second.P50:0.0}", $"{second.P99:0.0}",
                $"{second.PerSecond / first.PerSecond:0.00}", $"{second.P50 / first.P50:0.00}", $"{second.P99 / first.P99:0.00}");
        }

        table.Write(Console.Out);
    }

    private static (double PerSecond, double P50, double P99) Figures(IReadOnlyList<Turn> turns, string request)
    {
        Turn[] own = [.. turns.Where(turn => turn.Request == request)];
        double[] latencies = [.. own.SelectMany(turn => turn.Milliseconds)];
        return latencies.Length > 0
            ? (latencies.Length / own.Sum(turn => turn.Elapsed.TotalSeconds), Percentile.Of(latencies, 0.50), Percentile.Of(latencies, 0.99))
            : throw new CommandException($"No {request} request succeeded.");
    }
}
