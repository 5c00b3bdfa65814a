using System.Globalization;
using Azure.Storage.Queues;

namespace ServerlessScale.Bench.Orders;

/// <summary>
/// A baseline for the shop. It calls the storage SDKs directly and does nothing else. It stores the same bytes in the same kinds of rows as
/// the app's order operations.
/// </summary>
internal abstract class BareShop(QueueServiceClient queues, Sample sample)
{
    private static readonly TimeSpan IntentDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _intents = queues.GetQueueClient("bare-intents");
    private readonly QueueClient _events = queues.GetQueueClient("bare-events");

    protected static string Month => DateTimeOffset.UtcNow.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    protected Sample Sample => sample;

    public static string NewOrderId() => $"ord_{Guid.NewGuid():N}"[..33];

    public async Task CreateQueuesAsync(CancellationToken cancellationToken)
    {
        await _intents.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await _events.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
    }

    public async Task ClearQueuesAsync(CancellationToken cancellationToken)
    {
        await _intents.ClearMessagesAsync(cancellationToken);
        await _events.ClearMessagesAsync(cancellationToken);
    }

    /// <summary>
    /// Places an order with the same storage calls as the app. It reads the products in one round trip, queues the intent, commits the batch, queues the event, and then deletes
    /// the event record and the intent.
    /// </summary>
    public async Task PlaceAsync(string customer, string orderId, CancellationToken cancellationToken)
    {
        await ReadProductsAsync(cancellationToken);
        var intent = (await _intents.SendMessageAsync(new BinaryData(sample.Intent), IntentDelay, Never, cancellationToken)).Value;
        await CommitAsync(customer, orderId, cancellationToken);
        await SendEventAsync(cancellationToken);
        await RemoveEventAsync(customer, orderId, cancellationToken);
        await _intents.DeleteMessageAsync(intent.MessageId, intent.PopReceipt, cancellationToken);
    }

    /// <summary>
    /// Places an order with three calls, which read the products, commit one batch and queue one message. At least these calls are needed to
    /// price an order, store it and publish its event. Unlike the app, this method loses the event if the process crashes before the last
    /// call.
    /// </summary>
    public async Task PlaceAtLeastCostAsync(string customer, string orderId, CancellationToken cancellationToken)
    {
        await ReadProductsAsync(cancellationToken);
        await CommitAsync(customer, orderId, cancellationToken);
        await SendEventAsync(cancellationToken);
    }

    /// <summary>Changes an order with three calls, which read the order, commit one batch and queue one message.</summary>
    public async Task ChangeAtLeastCostAsync(string customer, string orderId, CancellationToken cancellationToken)
    {
        await ReplaceAsync(customer, orderId, cancellationToken);
        await SendEventAsync(cancellationToken);
    }

    public abstract Task ReadAsync(string customer, string orderId, CancellationToken cancellationToken);

    /// <summary>Reads the first page of the orders that the customer has placed this month.</summary>
    public abstract Task ListAsync(string customer, int count, CancellationToken cancellationToken);

    /// <summary>Reads <see cref="OrderedProducts"/> in one round trip.</summary>
    protected abstract Task ReadProductsAsync(CancellationToken cancellationToken);

    /// <summary>Writes the order, the idempotency record and the event record in one batch.</summary>
    protected abstract Task CommitAsync(string customer, string orderId, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the order. Then commits one batch that replaces the order and writes a second event record. The batch fails if the order's
    /// ETag has changed.
    /// </summary>
    protected abstract Task ReplaceAsync(string customer, string orderId, CancellationToken cancellationToken);

    protected abstract Task RemoveEventAsync(string customer, string orderId, CancellationToken cancellationToken);

    private async Task SendEventAsync(CancellationToken cancellationToken) =>
        await _events.SendMessageAsync(new BinaryData(sample.Event), TimeSpan.Zero, Never, cancellationToken);
}

/// <summary>The JSON that the app wrote for one order. BareShop writes the same bytes.</summary>
/// <param name="Intent">The queue message that the app sends before the commit.</param>
/// <param name="Event">The queue message that the app sends after the commit. The event record in the store contains the same JSON.</param>
internal sealed record Sample(string Order, string Intent, string Event);
