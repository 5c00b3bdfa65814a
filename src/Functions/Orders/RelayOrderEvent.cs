using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Functions.Orders;

/// <summary>Looks after a request that was interrupted: if it has committed, its event is sent.</summary>
public sealed class RelayOrderEvent(OrderEventRelay relay)
{
    /// <exception cref="FormatException">The message is not an intent; the host ends it in the poison queue.</exception>
    [Function(nameof(RelayOrderEvent))]
    public Task RunAsync([QueueTrigger(OrderIntentQueue.Name)] string text, CancellationToken cancellationToken) =>
        OrderIntent.TryParse(text, out var intent, out var orderId)
            ? relay.RunAsync(intent, orderId, cancellationToken)
            : throw new FormatException("The message is not an order intent.");
}
