using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace ServerlessScale.Shared.Storage;

/// <summary>
/// A queue in Azure Queue Storage. Sending the first message creates the queue, so that the app need not check for it at every startup.
/// Messages never expire. Each message contains the trace context of its sender (<see cref="MessageTracing"/>).
/// </summary>
internal sealed class MessageQueue(QueueServiceClient queues, string name)
{
    /// <summary>The time to live of a message that never expires. By default, the service would delete messages after seven days.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _queue = queues.GetQueueClient(name);

    /// <param name="text">The message, a JSON object of at most 60 KiB in UTF-8. The trace context may need the rest of the 64 KiB.</param>
    /// <param name="delay">
    /// The time during which the message is invisible, at most seven days; null makes the message visible immediately.
    /// </param>
    public async Task<SendReceipt> SendAsync(string text, TimeSpan? delay, CancellationToken cancellationToken)
    {
        using var span = MessageTracing.StartSend(name);
        try
        {
            var receipt = await SendAsync(new BinaryData(MessageTracing.AddContext(text)), delay, cancellationToken);
            span?.SetTag("messaging.message.id", receipt.MessageId);
            return receipt;
        }
        catch (Exception failure)
        {
            MessageTracing.Fail(span, failure);
            throw;
        }
    }

    public Task DeleteAsync(SendReceipt receipt, CancellationToken cancellationToken) =>
        _queue.DeleteMessageAsync(receipt.MessageId, receipt.PopReceipt, cancellationToken);

    /// <summary>Returns the time at which the oldest visible message was inserted; null when no message is visible.</summary>
    public async Task<DateTimeOffset?> OldestInsertionAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _queue.PeekMessageAsync(cancellationToken)).Value?.InsertedOn;
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            return null;
        }
    }

    private async Task<SendReceipt> SendAsync(BinaryData message, TimeSpan? delay, CancellationToken cancellationToken)
    {
        try
        {
            return (await _queue.SendMessageAsync(message, delay, Never, cancellationToken)).Value;
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await _queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            return (await _queue.SendMessageAsync(message, delay, Never, cancellationToken)).Value;
        }
    }
}
