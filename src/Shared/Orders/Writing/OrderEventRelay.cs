using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Orders.Writing;

/// <summary>
/// Sends the event of every committed version of an order to the queue <c>events</c>, at least once. The request that has made the commit
/// sends the event. If that request is interrupted, the intent that it queued before the commit causes the event to be sent.
/// </summary>
public sealed partial class OrderEventRelay(IOrderStore store, OrderIntentQueue intents, EventQueue events, ILogger<OrderEventRelay> logger)
{
    /// <summary>How long a request tries to send the event after its commit. After that the sending is left to the intent.</summary>
    private static readonly TimeSpan PublishLimit = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Sends the event after a commit and cleans up. Never throws, because the order is placed even if the event cannot be sent now.
    /// </summary>
    public async Task PublishAsync(OrderShard shard, EventEnvelope envelope, SendReceipt intent)
    {
        using var limit = new CancellationTokenSource(PublishLimit);
        try
        {
            await events.SendAsync(envelope, limit.Token);
            await store.RemoveEventAsync(shard, envelope.Id, limit.Token);
            // The intent goes last, because nothing but the intent would find an event that is left behind.
            await intents.DeleteAsync(intent, limit.Token);
        }
        catch (Exception exception)
        {
            LogLeftToIntent(exception, envelope.Id);
        }
    }

    /// <summary>
    /// Deletes the intent of a request that has committed nothing. Never throws, because an intent that stays finds nothing to send.
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
    /// Handles an intent that has become visible. If its version was committed and the event was not sent, sends the event. If the
    /// version was not committed, queues the intent once more, as a final check.
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Event {EventId} could not be sent or removed; its intent will do so")]
    private partial void LogLeftToIntent(Exception exception, string eventId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The intent of a request that committed nothing could not be deleted; it will find nothing to send")]
    private partial void LogNotWithdrawn(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Event {EventId} of an interrupted request was sent")]
    private partial void LogRelayed(string eventId);
}
