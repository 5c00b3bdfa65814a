using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Functions.Messaging;

/// <summary>Puts back events that the queue has given up on: no event is lost because a handler's storage was down for a while.</summary>
public sealed partial class EventPoisoned(EventQueue events, ILogger<EventPoisoned> logger)
{
    /// <summary>Long enough that an event which can never be handled costs nothing.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    [Function(nameof(EventPoisoned))]
    public async Task RunAsync(
        [QueueTrigger(EventQueue.PoisonName)] string text, FunctionContext context, CancellationToken cancellationToken)
    {
        if (!EventEnvelope.TryParse(text, out var envelope))
        {
            LogNotAnEvent(context.BindingContext.BindingData.GetValueOrDefault("Id"));
            return;
        }

        LogPutBack(envelope.Id, Pause.TotalMinutes);
        await events.ReturnAsync(envelope, Pause, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} is not an event and is dropped")]
    private partial void LogNotAnEvent(object? messageId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Event {EventId} could not be handled and is put back for {Minutes} minutes")]
    private partial void LogPutBack(string eventId, double minutes);
}
