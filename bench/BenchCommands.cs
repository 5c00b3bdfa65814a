using System.CommandLine;
using ServerlessScale.Bench.Balancing;
using ServerlessScale.Bench.Bodies;
using ServerlessScale.Bench.Burst;
using ServerlessScale.Bench.Chaos;
using ServerlessScale.Bench.EdgeCache;
using ServerlessScale.Bench.HttpFuzz;
using ServerlessScale.Bench.Images;
using ServerlessScale.Bench.Images.Fuzz;
using ServerlessScale.Bench.Orders;
using ServerlessScale.Bench.RecordingCost;
using ServerlessScale.Bench.Requests;
using ServerlessScale.Bench.Sessions;
using ServerlessScale.Bench.Uploads;
using ServerlessScale.Bench.Webhooks;

namespace ServerlessScale.Bench;

/// <summary>The command line of the benchmarks. Each benchmark is a subcommand.</summary>
internal static class BenchCommands
{
    public static RootCommand Root() => new(
        "Benchmarks for ServerlessScale. Each command prints a Markdown table. Compare figures only within one run. "
        + "The times below apply to the default options on two cores. Run the benchmarks with -c Release.")
    {
        OrdersCommand.Create(),
        WebhooksCommand.Create(),
        ImagesCommand.Create(),
        FreshProcess.Create(),
        FuzzCommand.Create(),
        FuzzWorker.Create(),
        HttpFuzzCommand.Create(),
        BalancingCommand.Create(),
        BurstCommand.Create(),
        ChaosCommand.Create(),
        EdgeCacheCommand.Create(),
        EdgeProductsCommand.Create(),
        EdgeFloodCommand.Create(),
        EdgeProxyCommand.Create(),
        RecordingCostCommand.Create(),
        RequestsCommand.Create(),
        SessionsCommand.Create(),
        UploadsCommand.Create(),
        UpgradesCommand.Create(),
        BodiesCommand.Create(),
    };
}
