using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Shared.Webhooks.Dispatch;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>Makes one attempt to deliver an event to an endpoint.</summary>
public sealed class SendWebhook(DeliveryDispatch dispatch)
{
    /// <exception cref="FormatException">The message is not a delivery; the host ends it in the poison queue.</exception>
    [Function(nameof(SendWebhook))]
    public Task RunAsync([QueueTrigger(DeliveryQueue.Name)] string text, CancellationToken cancellationToken) =>
        DeliveryMessage.TryParse(text, out var message, out var id)
            ? dispatch.RunAsync(message, id, cancellationToken)
            : throw new FormatException("The message is not a delivery.");
}
