using Azure.Storage.Queues;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>Queue <c>webhook-deliveries</c>, and <c>webhook-deliveries-poison</c>.</summary>
public sealed class DeliveryQueue(QueueServiceClient queues)
{
    public const string Name = "webhook-deliveries";

    public const string PoisonName = Name + "-poison";

    /// <summary>What a queue can hide a message for is seven days; nothing here waits as long.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(6);

    private readonly MessageQueue _queue = new(queues, Name);

    public Task SendAsync(DeliveryMessage message, CancellationToken cancellationToken) =>
        _queue.SendAsync(message.ToJson(), delay: null, cancellationToken);

    /// <param name="delay">Rounded up to seconds, which is what queues count in.</param>
    public Task SendAsync(DeliveryMessage message, TimeSpan delay, CancellationToken cancellationToken)
    {
        var seconds = Math.Ceiling(Math.Clamp(delay.TotalSeconds, 0, Longest.TotalSeconds));
        return _queue.SendAsync(message.ToJson(), TimeSpan.FromSeconds(seconds), cancellationToken);
    }
}
