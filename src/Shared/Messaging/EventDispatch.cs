using Microsoft.Extensions.Logging;

namespace ServerlessScale.Shared.Messaging;

/// <summary>Passes an event to all registered handlers, one after another.</summary>
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
