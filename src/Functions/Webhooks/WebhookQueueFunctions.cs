using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessScale.Functions.Messaging;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>
/// The queue triggers of webhooks: attempts, recoveries, and the messages of both that failed too often. Each function gets its expensive
/// services from the invocation, so that a cold start builds only those of the function that it runs.
/// </summary>
public sealed class WebhookQueueFunctions(DeliveryQueue deliveries, RecoveryQueue recoveries, PoisonedMessages poisoned)
{
    /// <summary>Makes one attempt to deliver an event to an endpoint.</summary>
    /// <exception cref="FormatException">The message is not a delivery, and the host moves it to the poison queue.</exception>
    [Function("SendWebhook")]
    public static Task SendAsync(
        [QueueTrigger(DeliveryQueue.Name)] string text, FunctionContext context, CancellationToken cancellationToken) =>
        DeliveryMessage.TryParse(text, out var message, out var id)
            ? context.InstanceServices.GetRequiredService<DeliveryDispatch>().RunAsync(message, id, cancellationToken)
            : throw new FormatException("The message is not a delivery.");

    /// <summary>Puts deliveries back, since storage may be down for long. Only a delivery's schedule ends the delivery.</summary>
    [Function("WebhookPoisoned")]
    public Task ReturnDeliveryAsync(
        [QueueTrigger(DeliveryQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken) =>
        DeliveryMessage.TryParse(text, out var message, out _)
            ? poisoned.ReturnAsync("delivery", message.DeliveryId, pause => deliveries.SendAsync(message, pause, cancellationToken))
            : poisoned.DropAsync("delivery", text, context);

    /// <summary>Replays one page of an endpoint's failed deliveries.</summary>
    /// <exception cref="FormatException">The message is not a recovery, and the host moves it to the poison queue.</exception>
    [Function("RecoverDeliveries")]
    public static Task RunRecoveryPageAsync(
        [QueueTrigger(RecoveryQueue.Name)] string text, FunctionContext context, CancellationToken cancellationToken) =>
        RecoveryMessage.TryParse(text, out var message, out var endpoint)
            ? context.InstanceServices.GetRequiredService<DeliveryReplay>().RunRecoveryPageAsync(message, endpoint, cancellationToken)
            : throw new FormatException("The message is not a recovery.");

    /// <summary>Puts recoveries back that failed too often.</summary>
    [Function("RecoveryPoisoned")]
    public Task ReturnRecoveryAsync(
        [QueueTrigger(RecoveryQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken) =>
        RecoveryMessage.TryParse(text, out var message, out _)
            ? poisoned.ReturnAsync("recovery", message.EndpointId, pause => recoveries.SendAsync(message, pause, cancellationToken))
            : poisoned.DropAsync("recovery", text, context);
}

/// <summary>The timer trigger of webhooks.</summary>
public sealed partial class WebhookTimerFunctions(WebhookRetention retention, ILogger<WebhookTimerFunctions> logger)
{
    /// <summary>Deletes deliveries past their retention period, every night at 03:45 UTC.</summary>
    [Function("PruneWebhooks")]
    public async Task PruneAsync([TimerTrigger("0 45 3 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var pruned = await retention.PruneAsync(cancellationToken);
        LogPruned(pruned.Deliveries, pruned.OrderingQueues, pruned.Endpoints);
    }

    [LoggerMessage(LogLevel.Information, "Deleted {Deliveries} deliveries, {OrderingQueues} ordering queues and {Endpoints} endpoints past their retention period.")]
    private partial void LogPruned(int deliveries, int orderingQueues, int endpoints);
}
