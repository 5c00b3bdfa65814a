using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Functions.Messaging;

/// <summary>
/// Handles the messages in a poison queue. The host moves a message there after <c>maxDequeueCount</c> failed attempts. A message that can
/// be parsed is returned to its queue after a pause, because most failures are temporary outages of a store. A message that cannot be
/// parsed is dropped, because every retry would fail.
/// </summary>
public sealed partial class PoisonedMessages(ILogger<PoisonedMessages> logger)
{
    /// <summary>The pause before a message is returned. It is so long that a message that always fails costs almost nothing.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    /// <param name="kind">The kind of message to log, such as <c>delivery</c>.</param>
    /// <param name="id">The id to log, such as the id of the delivery.</param>
    /// <param name="send">Sends the message to its queue again. The message must stay invisible for the given time.</param>
    public Task ReturnAsync(string kind, string id, Func<TimeSpan, Task> send)
    {
        LogReturned(kind, id);
        return send(Pause);
    }

    /// <summary>
    /// Logs that a message is not valid for its queue. The host deletes the message when the function returns.
    /// </summary>
    /// <remarks>The log contains the length of the text but not the text, because the text may contain a customer's data.</remarks>
    public Task DropAsync(string kind, string text, FunctionContext context)
    {
        LogDropped(context.BindingContext.BindingData.GetValueOrDefault("Id"), kind, text.Length);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Error, "The {Kind} {Id} failed repeatedly and is returned to its queue")]
    private partial void LogReturned(string kind, string id);

    [LoggerMessage(LogLevel.Error, "Message {MessageId} is not a valid {Kind} and is dropped; it has {Length} characters")]
    private partial void LogDropped(object? messageId, string kind, int length);
}
