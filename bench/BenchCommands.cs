using System.CommandLine;
using ServerlessScale.Bench.Balancing;
using ServerlessScale.Bench.Burst;
using ServerlessScale.Bench.EdgeCache;
using ServerlessScale.Bench.Images;
using ServerlessScale.Bench.Orders;
using ServerlessScale.Bench.RecordingCost;
using ServerlessScale.Bench.Sessions;
using ServerlessScale.Bench.Uploads;
using ServerlessScale.Bench.Webhooks;
using ServerlessScale.Local;

namespace ServerlessScale.Bench;

/// <summary>The command line of the benchmarks: one subcommand each.</summary>
internal static class BenchCommands
{
    /// <returns>The exit code: 0 after a measurement, 1 for bad input or a failed run.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand("Benchmarks of ServerlessScale. Each prints ratios that were taken within one run.")
        {
            OrdersCommand.Create(),
            WebhooksCommand.Create(),
            ImagesCommand.Create(),
            BalancingCommand.Create(),
            BurstCommand.Create(),
            EdgeCacheCommand.Create(),
            RecordingCostCommand.Create(),
            SessionsCommand.Create(),
            UploadsCommand.Create(),
        };
        try
        {
            return await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (LocalCloudException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }
}
