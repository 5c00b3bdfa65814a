using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Webhooks.Dispatch;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>Puts back deliveries that the queue has given up on, as storage may be down for long: only their schedule ends deliveries.</summary>
public sealed partial class WebhookPoisoned(DeliveryQueue queue, ILogger<WebhookPoisoned> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    [Function(nameof(WebhookPoisoned))]
    public async Task RunAsync(
        [QueueTrigger(DeliveryQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken)
    {
        if (!DeliveryMessage.TryParse(text, out var message, out _))
        {
            LogNotADelivery(context.BindingContext.BindingData.GetValueOrDefault("Id"));
            return;
        }

        LogPutBack(message.DeliveryId, Pause.TotalMinutes);
        await queue.SendAsync(message, Pause, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} is not a delivery and is dropped")]
    private partial void LogNotADelivery(object? messageId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Delivery {DeliveryId} failed repeatedly on our side and is put back for {Minutes} minutes")]
    private partial void LogPutBack(string deliveryId, double minutes);
}
