using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace ServerlessScale.Shared.Messaging;

/// <summary>A queue that is made by the first message of a new deployment, and whose messages wait for as long as it takes.</summary>
internal sealed class MessageQueue(QueueServiceClient queues, string name)
{
    /// <summary>The default would drop messages after seven days.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _queue = queues.GetQueueClient(name);

    /// <param name="text">At most 64 KiB of UTF-8.</param>
    /// <param name="delay">How long nobody sees it; null for not at all.</param>
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
}
