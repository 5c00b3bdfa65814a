using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Shared.Webhooks.Dispatch;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>Replays one page of an endpoint's failed deliveries.</summary>
public sealed class RecoverDeliveries(DeliveryReplay replay)
{
    /// <exception cref="FormatException">The message is not a recovery; the host ends it in the poison queue.</exception>
    [Function(nameof(RecoverDeliveries))]
    public Task RunAsync([QueueTrigger(RecoveryQueue.Name)] string text, CancellationToken cancellationToken) =>
        RecoveryMessage.TryParse(text, out var message, out var endpoint)
            ? replay.RunAsync(message, endpoint, cancellationToken)
            : throw new FormatException("The message is not a recovery.");
}
