using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Functions.Messaging;

/// <summary>Hands each event to the capabilities that act on it.</summary>
public sealed class DispatchEvent(EventDispatch dispatch)
{
    /// <exception cref="FormatException">The message is not an event; the host ends it in the poison queue.</exception>
    [Function(nameof(DispatchEvent))]
    public Task RunAsync([QueueTrigger(EventQueue.Name)] string text, CancellationToken cancellationToken) =>
        EventEnvelope.TryParse(text, out var envelope)
            ? dispatch.RunAsync(envelope, cancellationToken)
            : throw new FormatException("The message is not an event.");
}
