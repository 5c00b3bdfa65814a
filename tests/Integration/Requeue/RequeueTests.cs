using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerlessScale.Requeue;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Tests.Integration.Images;
using ServerlessScale.Tests.Integration.Orders;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Requeue;

/// <summary>
/// Loses the messages of acknowledged work while no worker runs, queues the work again, and then handles all messages as the workers do.
/// </summary>
public sealed class RequeueTests : IAsyncLifetime
{
    private static readonly string[] QueueNames =
        [ImageJobQueue.Name, ImageUpgradeQueue.Name, OrderIntentQueue.Name, EventQueue.Name, DeliveryQueue.Name];

    private readonly ImageFlows _images = new();
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow.AddMinutes(-1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _images.InitializeAsync();

    public ValueTask DisposeAsync() => _images.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Acknowledged_work_finishes_once_after_two_runs(bool messagesAreLost)
    {
        await using var receiver = await Receiver.StartAsync();
        using var webhooks = new WebhookFlows(_images.Azurite);
        var endpoint = await webhooks.SubscribeAsync(receiver.Url);
        var unsent = await PlaceAsync(new TableOrderStore(_images.Azurite.Tables), webhooks.Customer, eventIsSent: false);
        var sent = await PlaceAsync(new TableOrderStore(_images.Azurite.Tables), webhooks.Customer, eventIsSent: true);
        var (queued, _) = await _images.UploadAsync(Pictures.Jpeg(), Ct);
        var (ready, message) = await _images.UploadAsync(Pictures.Jpeg(), Ct);
        await _images.Job(new ScriptedEngine()).RunAsync(ready, message, Ct);
        var pending = await webhooks.FanOutAsync(endpoint, webhooks.Event("evt_pending"));
        if (messagesAreLost)
        {
            await ClearQueuesAsync();
        }

        var counted = await Work(sends: false).RunAsync(_start, Ct);
        await Work(sends: true).RunAsync(_start, Ct);
        await Work(sends: true).RunAsync(_start, Ct);
        await HandleAllMessagesAsync(webhooks);

        // The two jobs are those of the queued image, and of the ready image whose event was not handled.
        Assert.Equal(new WorkCounts { Jobs = 2, Intents = 1, Events = 1, Deliveries = 1 }, counted);
        Assert.Equal(
            new[] { "evt_pending", unsent, sent }.Order(StringComparer.Ordinal),
            receiver.Requests.Select(request => request.Headers["webhook-id"]).Order(StringComparer.Ordinal));
        Assert.Single((await webhooks.DeliveryAsync(pending)).Attempts);
        foreach (var id in new[] { queued, ready })
        {
            Assert.NotNull((await _images.ManifestAsync(id, Ct)).UpgradedAt);
            Assert.NotNull(await webhooks.Events.FindAsync("c1", $"evt_{id}_ready", Ct));
            Assert.NotNull(await webhooks.Events.FindAsync("c1", $"evt_{id}_upgraded", Ct));
        }

        Assert.Equal(new WorkCounts(), await Work(sends: false).RunAsync(_start, Ct));
    }

    [Fact]
    public async Task The_command_sends_only_with_send()
    {
        await _images.UploadAsync(Pictures.Jpeg(), Ct);
        await ClearQueuesAsync();
        string[] arguments = ["--data", _images.Azurite.ConnectionString, "--since", "2026-01-01T00:00:00Z"];

        Assert.Equal(0, await CommandLine.Root().Parse(arguments).InvokeAsync(cancellationToken: Ct));
        var counted = await JobsAsync();
        Assert.Equal(0, await CommandLine.Root().Parse([.. arguments, "--send"]).InvokeAsync(cancellationToken: Ct));

        Assert.Equal((0, 1), (counted, await JobsAsync()));

        async Task<int> JobsAsync() =>
            (await _images.Queues.GetQueueClient(ImageJobQueue.Name).GetPropertiesAsync(Ct)).Value.ApproximateMessagesCount;
    }

    [Fact]
    public async Task Orders_in_Cosmos_DB_are_found_across_customers()
    {
        await using var cosmos = new StrictCosmosAccount();
        await cosmos.InitializeAsync();
        await PlaceAsync(cosmos.Store, "customer-1", eventIsSent: false);
        await PlaceAsync(cosmos.Store, "customer-2", eventIsSent: true);

        var counted = await Work(sends: true, cosmos.Store).RunAsync(_start, Ct);

        Assert.Equal(new WorkCounts { Intents = 1, Events = 1 }, counted);
    }

    /// <summary>Commits an order and loses its intent.</summary>
    /// <param name="eventIsSent">Whether the request also sent the event, which removes the event from the store.</param>
    /// <returns>The id of the event.</returns>
    private static async Task<string> PlaceAsync(IOrderStore store, string customer, bool eventIsSent)
    {
        var now = DateTimeOffset.UtcNow;
        var creation = TestOrders.Creation(new OrderShard(customer, OrderMonth.Of(now)), createdAt: now);
        Assert.NotNull(await store.TryCreateAsync(creation, Ct));
        if (eventIsSent)
        {
            await store.RemoveEventAsync(creation.Shard, creation.Event.Id, Ct);
        }

        return creation.Event.Id;
    }

    private UnfinishedWork Work(bool sends, CosmosOrderStore? cosmos = null) =>
        new(_images.Blobs, _images.Azurite.Tables, _images.Queues, cosmos, TimeProvider.System) { Sends = sends };

    private async Task ClearQueuesAsync()
    {
        foreach (var queue in QueueNames.Select(_images.Queues.GetQueueClient))
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: Ct);
            await queue.ClearMessagesAsync(Ct);
        }
    }

    private async Task HandleAllMessagesAsync(WebhookFlows webhooks)
    {
        bool found;
        do
        {
            found = false;
            foreach (var name in QueueNames)
            {
                var queue = _images.Queues.GetQueueClient(name);
                await queue.CreateIfNotExistsAsync(cancellationToken: Ct);
                while ((await queue.ReceiveMessageAsync(TimeSpan.FromMinutes(5), Ct)).Value is { } message)
                {
                    found = true;
                    await HandleAsync(name, message.MessageText, webhooks);
                    await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, Ct);
                }
            }
        }
        while (found);
    }

    private Task HandleAsync(string queue, string text, WebhookFlows webhooks)
    {
        var relay = new OrderEventRelay(
            new TableOrderStore(_images.Azurite.Tables), new OrderIntentQueue(_images.Queues, Options.Create(new OrderOptions())),
            new EventQueue(_images.Queues), NullLogger<OrderEventRelay>.Instance);
        return queue switch
        {
            ImageJobQueue.Name when ImageJobMessage.TryParse(text, out var id, out var job) => _images.Job(new ScriptedEngine()).RunAsync(id, job, Ct),
            ImageUpgradeQueue.Name when ImageUpgradeMessage.TryParse(text, out var id, out var upgrade) =>
                _images.Upgrade(new ScriptedEngine()).RunAsync(id, upgrade, Ct),
            OrderIntentQueue.Name when OrderIntent.TryParse(text, out var intent, out var id) => relay.RunAsync(intent, id, Ct),
            EventQueue.Name when EventEnvelope.TryParse(text, out var envelope) => webhooks.FanOut.HandleAsync(envelope, Ct),
            DeliveryQueue.Name when DeliveryMessage.TryParse(text, out var delivery, out DeliveryId id) => webhooks.Dispatch.RunAsync(delivery, id, Ct),
            _ => throw new InvalidDataException($"The message in {queue} cannot be read: {text}"),
        };
    }
}
