using System.Globalization;
using Azure.Storage.Queues;
using ServerlessScale.Local;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Tests.Integration.Catalogue;
using ServerlessScale.Tests.Reliability.Images;

namespace ServerlessScale.Tests.Reliability.Edge;

/// <summary>
/// Runs three instances behind the edge while customers use every capability of the shop. Meanwhile, instances are killed, drained and
/// restarted at random. Every response must be correct, regardless of the instance that sends it. No acknowledged write may be lost or
/// duplicated.
/// </summary>
public sealed class InstanceLossTests
{
    private const int Customers = 8;
    private const int Losses = 6;

    /// <summary>
    /// The environment variable for the minimum number of requests. The default is 2,000. More requests are sent if the minimum is reached
    /// before the last instance is lost.
    /// </summary>
    private const string RequestsVariable = "EDGE_REQUESTS";

    /// <summary>
    /// The environment variable that sets the seed for the random number generator. Every run prints its seed. A run with the same seed
    /// kills the same instances after the same pauses.
    /// </summary>
    private const string SeedVariable = "RELIABILITY_SEED";

    /// <summary>The time that the photographs have to become ready after the last request.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_acknowledged_write_is_lost_when_instances_fail()
    {
        var requests = Number(RequestsVariable) ?? 2_000;
        var seed = Number(SeedVariable) ?? Random.Shared.Next();
        var log = TestContext.Current.TestOutputHelper!;
        log.WriteLine($"{SeedVariable}={seed}");
        await using var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                Instances = 3,
                Settings = new Dictionary<string, string>
                {
                    // Every lost instance may have been processing the same photograph. The photograph's message may therefore need more
                    // attempts than the default permits.
                    ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "100",
                    ["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01",
                },
            },
            Ct);
        await KnownProducts.AddAsync(cloud, Ct);
        var jpeg = Photograph.Make(300, new Random(seed)).Jpeg;
        using var http = cloud.CreateClient(cloud.Token($"customer-{seed}"));
        var client = new PatientClient(http);
        var customer = new MixedClient(client, jpeg);

        var losing = LoseInstancesAsync(cloud, client, new Random(seed), log);
        var sent = 0;
        await Task.WhenAll(Enumerable.Range(0, Customers).Select(async number =>
        {
            var random = new Random(seed + number);
            while (Interlocked.Increment(ref sent) <= requests || !losing.IsCompleted)
            {
                await customer.DoSomethingAsync(random, Ct);
                await Task.Delay(random.Next(0, 60), Ct);
            }
        }));
        await losing;

        await AssertNoImageIsLostAsync(customer, cloud.StorageConnectionString, log);
        Assert.Equal(customer.Orders.Values.Concat(customer.CartOrders).Order(), (await customer.ListOrdersAsync(Ct)).Order());
        var names = client.Instances.Keys.Select(id => string.Join('-', id.Split('-')[..2])).Distinct().Order().ToList();
        log.WriteLine(
            $"{client.Responses} responses from {client.Instances.Count} processes, {client.Retries} retries, "
            + $"{customer.Images.Count} images, {customer.Orders.Count} orders, {customer.CartOrders.Count} orders from carts.");
        Assert.Equal(["instance-1", "instance-2", "instance-3"], names);
    }

    /// <summary>
    /// Waits until the photographs are ready. A killed host leaves the messages that it was processing invisible for ten minutes, which is
    /// the time for which the WebJobs SDK receives them. The test does not wait that long, but checks that the queue still contains a
    /// message for each photograph that is not ready.
    /// </summary>
    private static async Task AssertNoImageIsLostAsync(MixedClient customer, string storage, ITestOutputHelper log)
    {
        var queue = new QueueClient(storage, ImageJobQueue.Name);
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            var unfinished = await customer.UnfinishedImagesAsync(Ct);
            if (unfinished.Count == 0)
            {
                return;
            }

            if (DateTime.UtcNow > until)
            {
                var messages = (await queue.GetPropertiesAsync(Ct)).Value.ApproximateMessagesCount;
                log.WriteLine($"{unfinished.Count} photographs are not ready, and the queue contains {messages} messages.");
                Assert.True(unfinished.Count <= messages, $"Unfinished without a message: {string.Join(", ", unfinished)}");
                Assert.True(unfinished.Count < customer.Images.Count, "No photograph became ready.");
                return;
            }

            await Task.Delay(500, Ct);
        }
    }

    private static async Task LoseInstancesAsync(LocalCloud cloud, PatientClient client, Random random, ITestOutputHelper log)
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
                $"the restarted {victim} responds");
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
