using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Orders.Writing;

namespace ServerlessScale.Functions.Orders;

/// <summary>The queue triggers of orders.</summary>
public sealed partial class OrderQueueFunctions(OrderEventRelay relay, OrderIntentQueue intents, ILogger<OrderQueueFunctions> logger)
{
    /// <summary>Sends the event of an order whose request was interrupted between the commit and the event.</summary>
    /// <exception cref="FormatException">The message is not an intent, and the host moves it to the poison queue.</exception>
    [Function("RelayOrderEvent")]
    public Task RelayAsync([QueueTrigger(OrderIntentQueue.Name)] string text, CancellationToken cancellationToken) =>
        OrderIntent.TryParse(text, out var intent, out var orderId)
            ? relay.RunAsync(intent, orderId, cancellationToken)
            : throw new FormatException("The message is not an order intent.");

    /// <summary>Puts intents back until the relay succeeds, because the store may be down for long.</summary>
    [Function("OrderIntentPoisoned")]
    public async Task ReturnAsync(
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
