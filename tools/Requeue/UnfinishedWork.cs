using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Events;

namespace ServerlessScale.Requeue;

/// <summary>
/// Finds the work that the stores show as unfinished, and queues a message for each piece of work. A message may exist already. The app
/// handles a duplicate message without a second effect, so a run is safe at any time, and two runs are safe. An event counts as handled when
/// the history of events contains it.
/// </summary>
internal sealed class UnfinishedWork(
    BlobServiceClient blobs, TableServiceClient tables, QueueServiceClient queues, CosmosOrderStore? cosmos, TimeProvider time)
{
    private const int PageSize = 1000;

    private readonly ManifestStore _manifests = new(blobs);
    private readonly EventStore _history = new(tables);
    private readonly EndpointStore _endpoints = new(tables);
    private readonly DeliveryStore _deliveries = new(tables);
    private readonly TableOrderStore _tableOrders = new(tables);
    private readonly ImageJobQueue _jobs = new(queues, time);
    private readonly ImageUpgradeQueue _upgrades = new(queues);
    private readonly EventQueue _events = new(queues);
    private readonly DeliveryQueue _attempts = new(queues);

    /// <summary>The commits of the orders are old, so their intents need no delay.</summary>
    private readonly OrderIntentQueue _intents = new(queues, Options.Create(new OrderOptions { IntentDelay = TimeSpan.Zero }));

    private readonly WorkCounts _counts = new();

    /// <summary>The history of events may not contain events before this time, because old events are deleted.</summary>
    private DateTimeOffset _since;

    /// <summary>Whether to send the messages. False only counts them.</summary>
    public required bool Sends { get; init; }

    private IOrderStore Orders => cosmos is null ? _tableOrders : cosmos;

    /// <param name="since">Images and orders that have not changed since this time are skipped.</param>
    public async Task<WorkCounts> RunAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        _since = since;
        await foreach (var listed in _manifests.ListAsync("", cancellationToken))
        {
            if (listed.ChangedAt >= since && listed.Status != ImageStatus.AwaitingUpload)
            {
                await CheckAsync(listed, cancellationToken);
            }
        }

        await foreach (var order in cosmos?.ChangedSinceAsync(since, cancellationToken) ?? _tableOrders.ChangedSinceAsync(since, cancellationToken))
        {
            await CheckAsync(order, cancellationToken);
        }

        await foreach (var endpoint in _endpoints.AllAsync(cancellationToken))
        {
            if (endpoint.Endpoint.Status != EndpointStatus.Deleted)
            {
                await CheckAsync(endpoint, cancellationToken);
            }
        }

        return _counts;
    }

    private async Task CheckAsync(ManifestSummary listed, CancellationToken cancellationToken)
    {
        if (listed.Status is ImageStatus.Queued or ImageStatus.Processing)
        {
            await SendJobAsync(listed.Id, cancellationToken);
            return;
        }

        if (await _manifests.FindAsync(listed.Id, cancellationToken) is not { Manifest: var image })
        {
            return;
        }

        var announced = image.EndedAt < _since || await IsHandledAsync(image.Owner, ImageEvents.IdOf(image, ImageEvents.TypeOf(image)), cancellationToken);
        if (image is { UpgradedAt: not null } or { Error.Code: ImageError.ProcessingFailed })
        {
            // The job of an upgraded image sends no event, and the job of an image that could not be processed would process the image again.
            _counts.LostEvents += announced ? 0 : 1;
        }
        else if (!announced)
        {
            // The job of a finished image sends the event again, and queues the upgrade.
            await SendJobAsync(listed.Id, cancellationToken);
            return;
        }

        if (image.Status == ImageStatus.Ready
            && (image.UpgradedAt is null
                || (image.UpgradedAt >= _since && !await IsHandledAsync(image.Owner, ImageEvents.IdOf(image, ImageEvents.Upgraded), cancellationToken))))
        {
            // The worker drops the message if its settings need no upgrade, and sends the event again if the upgrade has ended.
            _counts.Upgrades++;
            if (Sends)
            {
                await _upgrades.EnqueueAsync(new ImageUpgradeMessage(image.Id, time.GetUtcNow()), delay: null, cancellationToken);
            }
        }
    }

    private async Task SendJobAsync(ImageId id, CancellationToken cancellationToken)
    {
        _counts.Jobs++;
        if (Sends)
        {
            await _jobs.EnqueueAsync(id, cancellationToken);
        }
    }

    private async Task CheckAsync(Order order, CancellationToken cancellationToken)
    {
        var shard = new OrderShard(order.CustomerId, OrderMonth.Of(order.CreatedAt));
        for (var version = 1; version <= order.Version; version++)
        {
            var id = OrderEvents.IdOf(order.Id, version);
            if (await Orders.FindEventAsync(shard, id, cancellationToken) is not null)
            {
                _counts.Intents++;
                if (Sends)
                {
                    await _intents.SendAsync(OrderIntent.Of(order) with { Version = version }, cancellationToken);
                }
            }
            else if (!await IsHandledAsync(order.CustomerId, id, cancellationToken))
            {
                await RestoreEventAsync(order, version, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Sends an event that was lost with the queue. The order contains its first and its current state. The events of the states between
    /// them cannot be restored.
    /// </summary>
    private async Task RestoreEventAsync(Order order, int version, CancellationToken cancellationToken)
    {
        if (version < order.Version && order.CreatedAt < _since)
        {
            return;
        }

        if (version > 1 && version < order.Version)
        {
            _counts.LostEvents++;
            return;
        }

        _counts.Events++;
        if (Sends)
        {
            // The time of the version before the current one is known only if that is the first version. Otherwise the time of the order is
            // used, and an endpoint with ordered delivery may not wait for the lost events.
            await _events.SendAsync(
                version == 1 ? OrderEvents.Of(order.AsPlaced(), previous: null) : OrderEvents.Of(order, order.AsPlaced()), cancellationToken);
        }
    }

    private async Task CheckAsync(StoredEndpoint endpoint, CancellationToken cancellationToken)
    {
        DeliveryId? after = null;
        do
        {
            var page = await _deliveries.ListAsync(endpoint.Id, after, since: null, DeliveryStatus.Pending, PageSize, cancellationToken);
            foreach (var (id, delivery) in page.Deliveries.Select(stored => (stored.Id, stored.Delivery)))
            {
                _counts.Deliveries++;
                if (Sends)
                {
                    var next = DeliveryMessage.First(delivery.CustomerId, id, delivery.Round) with { Attempt = delivery.RoundAttempts + 1 };
                    await _attempts.SendAsync(next, (delivery.NextAttemptAt ?? time.GetUtcNow()) - time.GetUtcNow(), cancellationToken);
                }
            }

            after = page.Next;
        }
        while (after is not null);
    }

    private async Task<bool> IsHandledAsync(string customer, string eventId, CancellationToken cancellationToken) =>
        await _history.FindAsync(customer, eventId, cancellationToken) is not null;
}

/// <summary>The number of messages per queue, and the number of events that cannot be restored.</summary>
internal sealed record WorkCounts
{
    public int Jobs { get; set; }

    public int Upgrades { get; set; }

    public int Intents { get; set; }

    public int Events { get; set; }

    public int Deliveries { get; set; }

    /// <summary>The number of events that neither the history nor the stores contain.</summary>
    public int LostEvents { get; set; }

    public string ToText(bool sent) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"""
        {ImageJobQueue.Name,-20}{Jobs,8}
        {ImageUpgradeQueue.Name,-20}{Upgrades,8}
        {OrderIntentQueue.Name,-20}{Intents,8}
        {EventQueue.Name,-20}{Events,8}
        {DeliveryQueue.Name,-20}{Deliveries,8}
        {"events lost",-20}{LostEvents,8}
        {(sent ? "The messages were sent." : "Nothing was sent. Add --send to send the messages.")}
        """);
}
