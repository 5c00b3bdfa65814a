using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Messaging;
using ServerlessScale.Shared.Orders.Writing;

namespace ServerlessScale.Functions.Orders;

/// <summary>The queue-triggered functions for orders.</summary>
public sealed class OrderQueueFunctions(OrderEventRelay relay, OrderIntentQueue intents, PoisonedMessages poisoned)
{
    /// <summary>Sends an order's event if the request was interrupted after committing the order and before sending the event.</summary>
    /// <exception cref="FormatException">The message is not an intent. The host moves it to the poison queue.</exception>
    [Function("RelayOrderEvent")]
    public Task RelayAsync([QueueTrigger(OrderIntentQueue.Name)] string text, CancellationToken cancellationToken) =>
        OrderIntent.TryParse(text, out var intent, out var orderId)
            ? relay.RunAsync(intent, orderId, cancellationToken)
            : throw new FormatException("The message is not an order intent.");

    /// <summary>Returns failed intents to their queue until the relay succeeds, because the store may be down for a long time.</summary>
    [Function("OrderIntentPoisoned")]
    public Task ReturnAsync(
        [QueueTrigger(OrderIntentQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken) =>
        OrderIntent.TryParse(text, out var intent, out _)
            ? poisoned.ReturnAsync("order intent", intent.OrderId, _ => intents.SendAsync(intent, cancellationToken))
            : poisoned.DropAsync("order intent", text, context);
}
