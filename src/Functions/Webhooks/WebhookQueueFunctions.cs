using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Functions.Messaging;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Events;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>
/// The queue-triggered functions for delivery attempts and recoveries, and for their poison queues. The expensive services are constructed
/// on their first use, so that a cold start constructs only the services that the running function uses.
/// </summary>
public sealed class WebhookQueueFunctions(
    Lazy<DeliveryDispatch> dispatch,
    Lazy<DeliveryReplay> replay,
    DeliveryQueue deliveries,
    RecoveryQueue recoveries,
    PoisonedMessages poisoned)
{
    /// <summary>Makes one attempt to deliver an event to an endpoint.</summary>
    /// <exception cref="FormatException">The message is not a delivery. The host moves it to the poison queue.</exception>
    [Function("SendWebhook")]
    public Task SendAsync([QueueTrigger(DeliveryQueue.Name)] string text, CancellationToken cancellationToken) =>
        DeliveryMessage.TryParse(text, out var message, out var id)
            ? dispatch.Value.RunAsync(message, id, cancellationToken)
            : throw new FormatException("The message is not a delivery.");

    /// <summary>
    /// Returns failed messages to their queue, because storage may be down for a long time. A delivery is abandoned only when its
    /// schedule contains no further attempt.
    /// </summary>
    [Function("WebhookPoisoned")]
    public Task ReturnDeliveryAsync(
        [QueueTrigger(DeliveryQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken) =>
        DeliveryMessage.TryParse(text, out var message, out _)
            ? poisoned.ReturnAsync("delivery", message.DeliveryId, pause => deliveries.SendAsync(message, pause, cancellationToken))
            : poisoned.DropAsync("delivery", text, context);

    /// <summary>Replays one page of an endpoint's failed deliveries.</summary>
    /// <exception cref="FormatException">The message is not a recovery. The host moves it to the poison queue.</exception>
    [Function("RecoverDeliveries")]
    public Task RunRecoveryPageAsync([QueueTrigger(RecoveryQueue.Name)] string text, CancellationToken cancellationToken) =>
        RecoveryMessage.TryParse(text, out var message, out var endpoint)
            ? replay.Value.RunRecoveryPageAsync(message, endpoint, cancellationToken)
            : throw new FormatException("The message is not a recovery.");

    /// <summary>Returns failed recoveries to their queue, because storage may be down for a long time.</summary>
    [Function("RecoveryPoisoned")]
    public Task ReturnRecoveryAsync(
        [QueueTrigger(RecoveryQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken) =>
        RecoveryMessage.TryParse(text, out var message, out _)
            ? poisoned.ReturnAsync("recovery", message.EndpointId, pause => recoveries.SendAsync(message, pause, cancellationToken))
            : poisoned.DropAsync("recovery", text, context);
}

/// <summary>The timer-triggered function for webhooks.</summary>
public sealed partial class WebhookTimerFunctions(WebhookRetention retention, EventRetention events, ILogger<WebhookTimerFunctions> logger)
{
    /// <summary>
    /// Deletes the events, deliveries, ordering queues and endpoints whose retention period has ended. Runs every night at 03:45 UTC.
    /// </summary>
    [Function("PruneWebhooks")]
    public async Task PruneAsync([TimerTrigger("0 45 3 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var pruned = await retention.PruneAsync(cancellationToken);
        LogPruned(await events.PruneAsync(cancellationToken), pruned.Deliveries, pruned.OrderingQueues, pruned.Endpoints);
    }

    [LoggerMessage(
        LogLevel.Information,
        "Deleted {Events} events, {Deliveries} deliveries, {OrderingQueues} ordering queues and {Endpoints} endpoints whose retention period has ended.")]
    private partial void LogPruned(int events, int deliveries, int orderingQueues, int endpoints);
}
