using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Functions.Messaging;

/// <summary>
/// Decides about the messages of a poison queue, where the host moves every message that failed <c>maxDequeueCount</c> times. A message
/// that can be read goes back to its queue after a pause, because most failures are those of a store that is down for a while. A
/// message that cannot be read is dropped, because no retry will make it readable.
/// </summary>
public sealed partial class PoisonedMessages(ILogger<PoisonedMessages> logger)
{
    /// <summary>Long enough that a message which fails every time costs next to nothing.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    /// <param name="kind">What the message is, for the log, such as <c>delivery</c>.</param>
    /// <param name="id">The id of the subject, for the log.</param>
    /// <param name="send">Sends the message to its queue again, hidden for the given time.</param>
    public Task ReturnAsync(string kind, string id, Func<TimeSpan, Task> send)
    {
        LogReturned(kind, id);
        return send(Pause);
    }

    /// <summary>Logs a message that is not of the kind that its queue carries. The host deletes the message when the function returns.</summary>
    /// <remarks>The log names the length of the text and not the text, which may hold a customer's data.</remarks>
    public Task DropAsync(string kind, string text, FunctionContext context)
    {
        LogDropped(context.BindingContext.BindingData.GetValueOrDefault("Id"), kind, text.Length);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Error, "The {Kind} {Id} failed repeatedly and goes back to its queue")]
    private partial void LogReturned(string kind, string id);

    [LoggerMessage(LogLevel.Error, "Message {MessageId} is not a valid {Kind} and is dropped; it has {Length} characters")]
    private partial void LogDropped(object? messageId, string kind, int length);
}
