using System.CommandLine;

namespace ServerlessScale.StrictCosmos.Commands;

/// <summary>The command line of <c>dotnet run --project tools/StrictCosmos --</c>.</summary>
internal static class CommandLine
{
    /// <returns>The exit code: 0 after Ctrl-C or a signal, 1 after a failure or invalid options.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var defaults = new StrictCosmosOptions();
        var port = new Option<int>("--port") { Description = "The port on 127.0.0.1. 0 chooses a free port.", DefaultValueFactory = _ => 8081 };
        var key = new Option<string?>("--key") { Description = "The account's key in base64. [default: a random key]" };
        var partitions = new Option<int>("--partitions")
        {
            Description = "The number of physical partitions of each container.",
            DefaultValueFactory = _ => defaults.PhysicalPartitions,
        };
        var throughput = new Option<int?>("--throughput")
        {
            Description = "The RU/s of each container. Without this option, each container has the throughput in the request that creates "
                + "it. A container without throughput is never throttled.",
        };
        var regions = new Option<string[]>("--region")
        {
            Description = "The name of a region. Repeat the option for several regions. The first region accepts writes.",
            DefaultValueFactory = _ => [.. defaults.Regions],
        };
        var root = new RootCommand("A strict in-memory stand-in for the gateway of Azure Cosmos DB for NoSQL.") { port, key, partitions, throughput, regions };
        root.SetAction(async (parsed, cancellationToken) => await ServeAsync(
            new StrictCosmosOptions
            {
                Port = parsed.GetValue(port),
                Key = parsed.GetValue(key),
                PhysicalPartitions = parsed.GetValue(partitions),
                RequestUnitsPerSecond = parsed.GetValue(throughput),
                Regions = parsed.GetValue(regions) ?? defaults.Regions,
            },
            cancellationToken));
        return await root.Parse(arguments).InvokeAsync();
    }

    private static async Task<int> ServeAsync(StrictCosmosOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using var server = await StrictCosmosServer.StartAsync(options, cancellationToken);
            foreach (var region in server.Regions.All)
            {
                Console.WriteLine($"region {region.Name} {region.Endpoint}");
            }
            Console.WriteLine($"endpoint {server.Endpoint}");
            Console.WriteLine($"key {server.Key}");
            Console.WriteLine($"ready {server.Endpoint}");
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (Exception failure) when (failure is ArgumentException or IOException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }
}
