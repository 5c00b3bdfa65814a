using System.Globalization;
using ServerlessScale.Local;
using ServerlessScale.Tests.Reliability.Images;

namespace ServerlessScale.Tests.Reliability.Edge;

/// <summary>
/// Given three instances behind the edge and customers who do a bit of everything, when instances are killed, drained and started
/// again at random, then every answer is right, whichever instance gives it, and nothing that was acknowledged is lost or doubled.
/// </summary>
public sealed class InstanceLossTests
{
    private const int Customers = 6;
    private const int Losses = 6;

    /// <summary>How many requests to send; by default as many as fit into about a minute.</summary>
    private const string RequestsVariable = "EDGE_REQUESTS";

    /// <summary>Set it to the seed that a failed run printed, to kill the same instances after the same pauses again.</summary>
    private const string SeedVariable = "RELIABILITY_SEED";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_answer_is_right_and_nothing_acknowledged_is_lost()
    {
        var requests = Number(RequestsVariable) ?? 600;
        var seed = Number(SeedVariable) ?? Random.Shared.Next();
        var log = TestContext.Current.TestOutputHelper!;
        log.WriteLine($"{SeedVariable}={seed}");
        await using var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                Instances = 3,
                Settings = new Dictionary<string, string>
                {
                    // One photograph may be unlucky at every loss, which is more often than a message is tried before it is given up.
                    ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "100",
                    ["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01",
                },
            },
            Ct);
        var jpeg = Photograph.Make(300, new Random(seed)).Jpeg;
        using var http = cloud.CreateClient(cloud.Token($"customer-{seed}"));
        var client = new MixedClient(http, jpeg);

        var losing = LoseInstancesAsync(cloud, client, new Random(seed), log);
        var sent = 0;
        await Task.WhenAll(Enumerable.Range(0, Customers).Select(async customer =>
        {
            var random = new Random(seed + customer);
            while (Interlocked.Increment(ref sent) <= requests || !losing.IsCompleted)
            {
                await client.DoSomethingAsync(random, Ct);
                await Task.Delay(random.Next(0, 100), Ct);
            }
        }));
        await losing;

        foreach (var image in client.Images)
        {
            Assert.Equal("ready", await client.EndOfAsync(image, Ct));
        }

        Assert.Equal(client.Orders.Values.Order(), (await client.ListOrdersAsync(Ct)).Order());
        var names = client.Instances.Keys.Select(id => string.Join('-', id.Split('-')[..2])).Distinct().Order().ToList();
        log.WriteLine(
            $"{client.Answers} answers of {client.Instances.Count} processes, {client.Repeated} requests repeated, "
            + $"{client.Images.Count} images, {client.Orders.Count} orders.");
        Assert.Equal(["instance-1", "instance-2", "instance-3"], names);
    }

    private static async Task LoseInstancesAsync(LocalCloud cloud, MixedClient client, Random random, ITestOutputHelper log)
    {
        for (var loss = 0; loss < Losses; loss++)
        {
            await Task.Delay(random.Next(1_000, 4_000), Ct);
            var victim = cloud.Instances[random.Next(cloud.Instances.Count)].Name;
            var kill = random.Next(3) > 0;
            log.WriteLine($"{(kill ? "kill" : "drain")} {victim}");
            Assert.True(await (kill ? cloud.KillInstanceAsync(victim) : cloud.StopInstanceAsync(victim)));
            await Task.Delay(random.Next(0, 3_000), Ct);
            var before = client.Instances.Keys.ToHashSet();
            Assert.Equal(victim, await cloud.StartInstanceAsync(Ct));
            await Eventually.TrueAsync(
                () => Task.FromResult(client.Instances.Keys.Any(id => !before.Contains(id) && id.StartsWith($"{victim}-", StringComparison.Ordinal))),
                $"the new {victim} answers");
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
