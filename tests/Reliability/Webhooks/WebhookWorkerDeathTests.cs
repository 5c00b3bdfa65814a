using System.Collections.Concurrent;
using System.Globalization;
using Azure.Storage.Queues;
using ServerlessScale.Local;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Reliability.Webhooks;

/// <summary>
/// Kills the worker repeatedly while it delivers events to five receivers. Two receivers reject some events at random, and one receiver
/// rejects every event. The other four receivers must get every event. The endpoints with ordered delivery must get the events of each
/// order in sequence.
/// </summary>
public sealed class WebhookWorkerDeathTests
{
    private const int DefaultEvents = 60;
    private const string EventsVariable = "WEBHOOK_EVENTS";
    private const string SeedVariable = "RELIABILITY_SEED";
    private const string Customer = "c1";

    /// <summary>The fraction of events that a flaky receiver rejects on the first attempt.</summary>
    private const double Refusals = 0.05;

    /// <summary>
    /// The fraction of responses that are slow. A slow response takes longer than <c>Webhooks:SlotTime</c>, so its attempt continues in the
    /// background.
    /// </summary>
    private const double SlowResponses = 0.02;

    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_webhook_event_is_lost_or_reordered_when_the_worker_crashes()
    {
        var seed = Setting(SeedVariable) ?? Random.Shared.Next();
        var history = ShopHistory.Make(Setting(EventsVariable) ?? DefaultEvents, new Random(seed));
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"{SeedVariable}={seed}, {EventsVariable}={history.Count}");

        await using var steady = await ObservedReceiver.StartAsync("steady", refusals: 0, SlowResponses, Slow, seed);
        await using var steadyOrdered = await ObservedReceiver.StartAsync("steady, ordered", refusals: 0, slow: 0, Slow, seed + 1);
        await using var flaky = await ObservedReceiver.StartAsync("flaky", Refusals, slow: 0, Slow, seed + 2);
        await using var flakyOrdered = await ObservedReceiver.StartAsync("flaky, ordered", Refusals, slow: 0, Slow, seed + 3);
        await using var dead = await ObservedReceiver.StartAsync("dead", refusals: 1, slow: 0, Slow, seed + 4);
        ObservedReceiver[] reachable = [steady, steadyOrdered, flaky, flakyOrdered];
        await using var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                AllowPrivateWebhooks = true,
                HostRestartsAfterLosses = false,
                Settings = new Dictionary<string, string>
                {
                    // Several kills may interrupt the same message. The message must not go to the poison queue, because it would return
                    // from there only after five minutes.
                    ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "1000",
                    ["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01",
                },
            },
            Ct);
        using (var customer = new WebhookCustomer(cloud.CreateClient(cloud.Token(Customer))))
        {
            foreach (var receiver in (ObservedReceiver[])[.. reachable, dead])
            {
                await customer.SubscribeAsync(receiver.Receiver, receiver == steadyOrdered || receiver == flakyOrdered ? "\"ordered\":true" : "");
            }
        }

        using var done = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var killing = KillAsync(cloud, new Random(seed), done.Token);
        var sentAt = await SendAsync(history, cloud.StorageConnectionString);
        var until = DateTime.UtcNow + Limit;
        while (reachable.Any(receiver => receiver.Accepted.Count < history.Count) && DateTime.UtcNow < until)
        {
            await Task.Delay(100, Ct);
        }

        await done.CancelAsync();
        var kills = await killing;
        output.WriteLine($"{kills} kills; the dead receiver got {dead.Requests} requests");
        foreach (var receiver in reachable)
        {
            output.WriteLine(receiver.Report(sentAt));
        }

        Assert.True(kills > 0, "No worker was killed.");
        Assert.All(reachable, receiver => Assert.Equal(sentAt.Keys.Order(), receiver.Accepted.Select(accepted => accepted.Id).Order()));
        Assert.All([steadyOrdered, flakyOrdered], receiver => AssertOrder(receiver));
    }

    private static void AssertOrder(ObservedReceiver receiver)
    {
        foreach (var order in receiver.Accepted.GroupBy(accepted => accepted.Id[..^2]))
        {
            Assert.Equal(["1", "2", "3"], order.Select(accepted => accepted.Id[^1..]));
        }
    }

    private static async Task<ConcurrentDictionary<string, DateTimeOffset>> SendAsync(
        IReadOnlyList<(string Order, int Version)> history, string storage)
    {
        var events = new EventQueue(new QueueServiceClient(storage));
        var times = new ConcurrentDictionary<string, DateTimeOffset>();
        var last = new Dictionary<string, DateTimeOffset>();
        foreach (var (order, version) in history)
        {
            var envelope = ShopHistory.Event(Customer, order, version, version == 1 ? null : last[order]);
            last[order] = envelope.Timestamp;
            times[envelope.Id] = envelope.Timestamp;
            await events.SendAsync(envelope, Ct);
        }

        return times;
    }

    private static async Task<int> KillAsync(LocalCloud cloud, Random random, CancellationToken stop)
    {
        var kills = 0;
        try
        {
            while (true)
            {
                await Task.Delay(random.Next(2000, 6000), stop);
                kills += cloud.KillWorker() is null ? 0 : 1;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return kills;
        }
    }

    private static int? Setting(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : null;
}
