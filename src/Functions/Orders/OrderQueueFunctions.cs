using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Messaging;
using ServerlessScale.Shared.Orders.Writing;

namespace ServerlessScale.Functions.Orders;

/// <summary>The queue triggers of orders.</summary>
public sealed class OrderQueueFunctions(OrderEventRelay relay, OrderIntentQueue intents, PoisonedMessages poisoned)
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
    public Task ReturnAsync(
        [QueueTrigger(OrderIntentQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken) =>
        OrderIntent.TryParse(text, out var intent, out _)
            ? poisoned.ReturnAsync("order intent", intent.OrderId, _ => intents.SendAsync(intent, cancellationToken))
            : poisoned.DropAsync("order intent", text, context);
}
