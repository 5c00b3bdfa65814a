using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace ServerlessScale.Shared.Storage;

/// <summary>
/// A queue of Azure Queue Storage that its first message creates, so that no start has to check for it. Messages never expire.
/// </summary>
internal sealed class MessageQueue(QueueServiceClient queues, string name)
{
    /// <summary>The service's own default would drop messages after seven days.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _queue = queues.GetQueueClient(name);

    /// <param name="text">At most 64 KiB of UTF-8.</param>
    /// <param name="delay">How long the message stays invisible, at most seven days; null makes it visible at once.</param>
    public async Task<SendReceipt> SendAsync(string text, TimeSpan? delay, CancellationToken cancellationToken)
    {
        try
        {
            return (await _queue.SendMessageAsync(new BinaryData(text), delay, Never, cancellationToken)).Value;
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await _queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            return (await _queue.SendMessageAsync(new BinaryData(text), delay, Never, cancellationToken)).Value;
        }
    }

    public Task DeleteAsync(SendReceipt receipt, CancellationToken cancellationToken) =>
        _queue.DeleteMessageAsync(receipt.MessageId, receipt.PopReceipt, cancellationToken);

    /// <summary>When the oldest visible message was inserted; null when no message is visible.</summary>
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
}
