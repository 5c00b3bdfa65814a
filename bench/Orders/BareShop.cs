using System.Globalization;
using Azure.Storage.Queues;

namespace ServerlessScale.Bench.Orders;

/// <summary>The storage calls of the order flows and nothing else, by the SDKs, with the same bytes in the same kinds of rows.</summary>
internal abstract class BareShop(QueueServiceClient queues, Sample sample)
{
    private static readonly TimeSpan IntentDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _intents = queues.GetQueueClient("bare-intents");
    private readonly QueueClient _events = queues.GetQueueClient("bare-events");

    protected static string Month => DateTimeOffset.UtcNow.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    protected Sample Sample => sample;

    public static string NewOrderId() => $"ord_{Guid.NewGuid():N}"[..33];

    public async Task MakeQueuesAsync(CancellationToken cancellationToken)
    {
        await _intents.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await _events.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
    }

    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        await _intents.ClearMessagesAsync(cancellationToken);
        await _events.ClearMessagesAsync(cancellationToken);
    }

    /// <summary>As ours: intent, batch, event, removal of the event from the store and of the intent.</summary>
    public async Task PlaceAsync(string customer, string orderId, CancellationToken cancellationToken)
    {
        var intent = (await _intents.SendMessageAsync(new BinaryData(sample.Intent), IntentDelay, Never, cancellationToken)).Value;
        await CommitAsync(customer, orderId, cancellationToken);
        await SendEventAsync(cancellationToken);
        await RemoveEventAsync(customer, orderId, cancellationToken);
        await _intents.DeleteMessageAsync(intent.MessageId, intent.PopReceipt, cancellationToken);
    }

    /// <summary>One batch and one message: less does not write an order and tell of it, though a crash between the two loses the event.</summary>
    public async Task PlaceAtLeastCostAsync(string customer, string orderId, CancellationToken cancellationToken)
    {
        await CommitAsync(customer, orderId, cancellationToken);
        await SendEventAsync(cancellationToken);
    }

    /// <summary>A read, one batch and one message.</summary>
    public async Task ChangeAtLeastCostAsync(string customer, string orderId, CancellationToken cancellationToken)
    {
        await ReplaceAsync(customer, orderId, cancellationToken);
        await SendEventAsync(cancellationToken);
    }

    public abstract Task ReadAsync(string customer, string orderId, CancellationToken cancellationToken);

    /// <summary>The first orders of the customer's month.</summary>
    public abstract Task ListAsync(string customer, int count, CancellationToken cancellationToken);

    /// <summary>Order, key record and event in one batch.</summary>
    protected abstract Task CommitAsync(string customer, string orderId, CancellationToken cancellationToken);

    /// <summary>Reads the order and replaces it if it is as it was read, with another event.</summary>
    protected abstract Task ReplaceAsync(string customer, string orderId, CancellationToken cancellationToken);

    protected abstract Task RemoveEventAsync(string customer, string orderId, CancellationToken cancellationToken);

    private async Task SendEventAsync(CancellationToken cancellationToken) =>
        await _events.SendMessageAsync(new BinaryData(sample.Event), TimeSpan.Zero, Never, cancellationToken);
}
