namespace ServerlessScale.Shared.Messaging;

/// <summary>A capability that acts on events. All handlers get all events, at least once, in any order.</summary>
public interface IEventHandler
{
    /// <summary>Must be safe to repeat; an exception makes the queue deliver the event again, to all handlers.</summary>
    Task HandleAsync(EventEnvelope envelope, CancellationToken cancellationToken);
}
