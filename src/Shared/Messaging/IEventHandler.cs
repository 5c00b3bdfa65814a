namespace ServerlessScale.Shared.Messaging;

/// <summary>Handles events on behalf of one capability. Each handler receives every event at least once, in no particular order.</summary>
public interface IEventHandler
{
    /// <summary>
    /// Handles an event. Must be idempotent, because the queue delivers the event to all handlers again if any of them throws an exception.
    /// </summary>
    Task HandleAsync(EventEnvelope envelope, CancellationToken cancellationToken);
}
