using Microsoft.Extensions.Logging;

namespace ServerlessScale.Shared.Messaging;

/// <summary>Hands an event to every capability that has registered a handler.</summary>
public sealed partial class EventDispatch(IEnumerable<IEventHandler> handlers, ILogger<EventDispatch> logger)
{
    public async Task RunAsync(EventEnvelope envelope, CancellationToken cancellationToken)
    {
        LogEvent(envelope.Type, envelope.Id);
        foreach (var handler in handlers)
        {
            await handler.HandleAsync(envelope, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Type} {EventId}")]
    private partial void LogEvent(string type, string eventId);
}
