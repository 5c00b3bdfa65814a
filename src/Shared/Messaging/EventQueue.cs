using Azure.Storage.Queues;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Messaging;

/// <summary>
/// The <c>events</c> queue. Every capability sends its events to this queue. The host moves an event that fails repeatedly to
/// <c>events-poison</c>.
/// </summary>
public sealed class EventQueue(QueueServiceClient queues)
{
    public const string Name = "events";

    public const string PoisonName = Name + "-poison";

    private readonly MessageQueue _queue = new(queues, Name);

    public Task SendAsync(EventEnvelope envelope, CancellationToken cancellationToken) =>
        _queue.SendAsync(envelope.ToJson(), delay: null, cancellationToken);

    /// <summary>
    /// Queues an event again after its handlers have failed repeatedly. The handlers receive the event after <paramref name="delay"/>.
    /// </summary>
    public Task ReturnAsync(EventEnvelope envelope, TimeSpan delay, CancellationToken cancellationToken) =>
        _queue.SendAsync(envelope.ToJson(), delay, cancellationToken);
}
