using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Functions.Orders;

/// <summary>Puts back what the queue has given up on: an intent is looked at until that succeeds, as the store may be down for long.</summary>
public sealed partial class OrderIntentPoisoned(OrderIntentQueue intents, ILogger<OrderIntentPoisoned> logger)
{
    [Function(nameof(OrderIntentPoisoned))]
    public async Task RunAsync(
        [QueueTrigger(OrderIntentQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken)
    {
        if (!OrderIntent.TryParse(text, out var intent, out _))
        {
            LogNotAnIntent(context.BindingContext.BindingData.GetValueOrDefault("Id"));
            return;
        }

        LogPutBack(intent.OrderId, intent.Version);
        await intents.SendAsync(intent, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} is not an order intent and is dropped")]
    private partial void LogNotAnIntent(object? messageId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The intent of order {OrderId}, version {Version}, failed repeatedly and is put back")]
    private partial void LogPutBack(string orderId, int version);
}
