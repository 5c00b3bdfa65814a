using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Functions.Messaging;

/// <summary>The queue-triggered functions for events.</summary>
public sealed class EventQueueFunctions(Lazy<EventDispatch> dispatch, EventQueue events, PoisonedMessages poisoned)
{
    /// <summary>Passes an event to every registered <see cref="IEventHandler"/>.</summary>
    /// <exception cref="FormatException">The message is not an event. The host moves it to the poison queue.</exception>
    [Function("DispatchEvent")]
    public Task DispatchAsync([QueueTrigger(EventQueue.Name)] string text, CancellationToken cancellationToken) =>
        EventEnvelope.TryParse(text, out var envelope)
            ? dispatch.Value.RunAsync(envelope, cancellationToken)
            : throw new FormatException("The message is not an event.");

    /// <summary>Returns failed events to their queue, so that no event is lost while a handler's store is down.</summary>
    [Function("EventPoisoned")]
    public Task ReturnAsync(
        [QueueTrigger(EventQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken) =>
        EventEnvelope.TryParse(text, out var envelope)
            ? poisoned.ReturnAsync("event", envelope.Id, pause => events.ReturnAsync(envelope, pause, cancellationToken))
            : poisoned.DropAsync("event", text, context);
}
