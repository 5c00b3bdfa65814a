using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace ServerlessScale.Shared.Images;

/// <summary>Queue <c>image-jobs</c>, and <c>image-jobs-poison</c> where the host moves messages that have failed too often.</summary>
public sealed class ImageJobQueue(QueueServiceClient queues, TimeProvider time)
{
    public const string Name = "image-jobs";

    public const string PoisonName = Name + "-poison";

    /// <summary>A job waits for as long as it takes; the default would drop it after seven days.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _queue = queues.GetQueueClient(Name);

    public async Task EnqueueAsync(ImageId id, CancellationToken cancellationToken)
    {
        var message = new BinaryData(new ImageJobMessage(id.Value, time.GetUtcNow()).ToJson());
        try
        {
            await _queue.SendMessageAsync(message, timeToLive: Never, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await _queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await _queue.SendMessageAsync(message, timeToLive: Never, cancellationToken: cancellationToken);
        }
    }

    /// <summary>When the message that has waited longest was queued; null when none is waiting.</summary>
    public async Task<DateTimeOffset?> OldestWaitingAsync(CancellationToken cancellationToken)
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
