using Azure.Storage.Queues;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>Queue <c>webhook-recoveries</c>, and <c>webhook-recoveries-poison</c>.</summary>
public sealed class RecoveryQueue(QueueServiceClient queues)
{
    public const string Name = "webhook-recoveries";

    public const string PoisonName = Name + "-poison";

    private readonly MessageQueue _queue = new(queues, Name);

    /// <param name="delay">How long nobody sees it; null for not at all.</param>
    public Task SendAsync(RecoveryMessage message, TimeSpan? delay, CancellationToken cancellationToken) =>
        _queue.SendAsync(message.ToJson(), delay, cancellationToken);
}
