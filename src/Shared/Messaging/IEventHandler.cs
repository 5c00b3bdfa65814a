namespace ServerlessScale.Shared.Messaging;

/// <summary>Handles events on behalf of one capability. Each handler receives every event at least once, in no particular order.</summary>
public interface IEventHandler
{
    /// <summary>
    /// Handles an event. Must be idempotent: when a handler throws an exception, the queue delivers the event to all handlers again.
    /// </summary>
    Task HandleAsync(EventEnvelope envelope, CancellationToken cancellationToken);
}
