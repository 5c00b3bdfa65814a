using System.CommandLine;

namespace ServerlessScale.StrictCosmos.Commands;

/// <summary>What can be typed after <c>dotnet run --project tools/StrictCosmos --</c>.</summary>
internal static class CommandLine
{
    /// <returns>The exit code: 0 after a stop that was asked for, 1 after a failure or bad options.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var defaults = new StrictCosmosOptions();
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 8081 };
        var key = new Option<string?>("--key") { Description = "The account's key, base 64. [default: a random one]" };
        var partitions = new Option<int>("--partitions")
        {
            Description = "Physical partitions of each container.",
            DefaultValueFactory = _ => defaults.PhysicalPartitions,
        };
        var throughput = new Option<int?>("--throughput")
        {
            Description = "RU/s of each container. [default: what it is created with; without it nothing is throttled]",
        };
        var regions = new Option<string[]>("--region")
        {
            Description = "Name of a region; repeat it for several. The first takes writes.",
            DefaultValueFactory = _ => [.. defaults.Regions],
        };
        var root = new RootCommand("A strict stand-in for the gateway of Azure Cosmos DB for NoSQL, in memory.") { port, key, partitions, throughput, regions };
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
