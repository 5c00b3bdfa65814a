using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// Brings the event of every committed order to the queue <c>events</c>, at least once: by the request that has committed it, or, when
/// that was interrupted anywhere, by the intent that it had sent before.
/// </summary>
public sealed partial class OrderEventRelay(IOrderStore store, OrderIntentQueue intents, EventQueue events, ILogger<OrderEventRelay> logger)
{
    /// <summary>What a request whose order is committed spends on its event; past it the intent does the work.</summary>
    private static readonly TimeSpan PublishLimit = TimeSpan.FromSeconds(3);

    /// <summary>After a commit. Never fails, as the order is placed whatever becomes of this.</summary>
    public async Task PublishAsync(OrderShard shard, EventEnvelope envelope, SendReceipt intent)
    {
        using var limit = new CancellationTokenSource(PublishLimit);
        try
        {
            await events.SendAsync(envelope, limit.Token);
            await store.RemoveEventAsync(shard, envelope.Id, limit.Token);
            // Last, since without it an event that was left would never be looked for again.
            await intents.DeleteAsync(intent, limit.Token);
        }
        catch (Exception exception)
        {
            LogLeftToIntent(exception, envelope.Id);
        }
    }

    /// <summary>After it is known that nothing was committed. Never fails, as the intent would find nothing.</summary>
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

    /// <summary>When an intent becomes visible: what it names was committed and its event sent, or only committed, or neither.</summary>
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Event {EventId} could not be sent or tidied up after at once; its intent will see to it")]
    private partial void LogLeftToIntent(Exception exception, string eventId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "An intent without a commit could not be withdrawn; it will find nothing")]
    private partial void LogNotWithdrawn(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Event {EventId} of an interrupted request was relayed")]
    private partial void LogRelayed(string eventId);
}
