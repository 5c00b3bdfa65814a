using Azure.Storage.Queues;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Messaging;

/// <summary>Queue <c>events</c>, where all capabilities say what happened, and <c>events-poison</c>.</summary>
public sealed class EventQueue(QueueServiceClient queues)
{
    public const string Name = "events";

    public const string PoisonName = Name + "-poison";

    private readonly MessageQueue _queue = new(queues, Name);

    public Task SendAsync(EventEnvelope envelope, CancellationToken cancellationToken) =>
        _queue.SendAsync(envelope.ToJson(), delay: null, cancellationToken);

    /// <summary>For an event whose handlers have failed too often in a row: they get it again after <paramref name="delay"/>.</summary>
    public Task ReturnAsync(EventEnvelope envelope, TimeSpan delay, CancellationToken cancellationToken) =>
        _queue.SendAsync(envelope.ToJson(), delay, cancellationToken);
}
