using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Orders.Writing;

/// <summary>
/// Sends the event for every committed version of an order to the <c>events</c> queue, at least once. Normally, the request that makes the
/// commit also sends the event. If that request is interrupted, <see cref="RunAsync"/> sends the event when it processes the intent that
/// the request queued before the commit.
/// </summary>
public sealed partial class OrderEventRelay(IOrderStore store, OrderIntentQueue intents, EventQueue events, ILogger<OrderEventRelay> logger)
{
    /// <summary>
    /// The maximum time for which a request tries to send the event after its commit. If the request does not succeed within this time,
    /// <see cref="RunAsync"/> sends the event later.
    /// </summary>
    private static readonly TimeSpan PublishLimit = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Sends the event after a commit, and then removes the stored event and the intent. Never throws, because the commit has succeeded
    /// even if the event cannot be sent now.
    /// </summary>
    public async Task PublishAsync(OrderShard shard, EventEnvelope envelope, SendReceipt intent)
    {
        using var limit = new CancellationTokenSource(PublishLimit);
        try
        {
            await events.SendAsync(envelope, limit.Token);
            await store.RemoveEventAsync(shard, envelope.Id, limit.Token);
            // The intent is deleted last, because an event that is still stored can be found only through its intent.
            await intents.DeleteAsync(intent, limit.Token);
        }
        catch (Exception exception)
        {
            LogLeftToIntent(exception, envelope.Id);
        }
    }

    /// <summary>
    /// Deletes the intent of a request that committed nothing. Never throws, because an intent that is not deleted is harmless: processing
    /// it sends no event.
    /// </summary>
    public async Task WithdrawAsync(SendReceipt intent)
    {
        using var limit = new CancellationTokenSource(PublishLimit);
        try
        {
            await intents.DeleteAsync(intent, limit.Token);
        }
        catch (Exception exception)
        {
            LogNotWithdrawn(exception);
        }
    }

    /// <summary>
    /// Processes an intent that has become visible in the queue. Sends the event if it is still stored. If the version was not
    /// committed, queues the intent once more for a final check, unless this intent is already the final check.
    /// </summary>
    public async Task RunAsync(OrderIntent intent, OrderId orderId, CancellationToken cancellationToken)
    {
        var shard = new OrderShard(intent.CustomerId, orderId.Month);
        var eventId = OrderEvents.IdOf(intent.OrderId, intent.Version);
        if (await store.FindEventAsync(shard, eventId, cancellationToken) is { } pending)
        {
            await events.SendAsync(pending, cancellationToken);
            await store.RemoveEventAsync(shard, eventId, cancellationToken);
            LogRelayed(eventId);
            return;
        }

        var sent = intent.Final
            || await store.FindLatestAsync(shard, orderId, cancellationToken) is { } stored && stored.Order.Version >= intent.Version;
        if (!sent)
        {
            await intents.SendFinalAsync(intent, cancellationToken);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Event {EventId} was not fully published. It will be handled again when its intent is processed.")]
    private partial void LogLeftToIntent(Exception exception, string eventId);

    [LoggerMessage(
        Level = LogLevel.Debug,
        Message = "The intent of a request that committed nothing could not be deleted; no event will be sent for it")]
    private partial void LogNotWithdrawn(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sent event {EventId} for an interrupted request")]
    private partial void LogRelayed(string eventId);
}
