using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Storage.Queues;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Images.Processing;

/// <summary>The <c>image-jobs</c> queue. The host moves messages that fail repeatedly to <c>image-jobs-poison</c>.</summary>
public sealed class ImageJobQueue(QueueServiceClient queues, TimeProvider time)
{
    public const string Name = "image-jobs";

    public const string PoisonName = Name + "-poison";

    private readonly MessageQueue _queue = new(queues, Name);

    public Task EnqueueAsync(ImageId id, CancellationToken cancellationToken) =>
        _queue.SendAsync(new ImageJobMessage(id.Value, time.GetUtcNow()).ToJson(), delay: null, cancellationToken);

    /// <inheritdoc cref="MessageQueue.OldestInsertionAsync"/>
    public Task<DateTimeOffset?> OldestWaitingAsync(CancellationToken cancellationToken) => _queue.OldestInsertionAsync(cancellationToken);
}

/// <summary>
/// A message in the <c>image-jobs</c> queue. The image's manifest determines the remaining work, so duplicate and late messages are
/// harmless.
/// </summary>
/// <param name="ImageId">The image's id, in the format of <see cref="Images.ImageId"/>.</param>
/// <param name="EnqueuedAt">
/// The UTC time at which the message was queued. The time that the message waits in the queue is measured from this time.
/// </param>
public sealed record ImageJobMessage(string ImageId, DateTimeOffset EnqueuedAt)
{
    public static bool TryParse(string text, out ImageId id, [NotNullWhen(true)] out ImageJobMessage? message)
    {
        id = default;
        message = null;
        try
        {
            message = JsonSerializer.Deserialize(text, ImageMessagesJson.Default.ImageJobMessage);
        }
        catch (JsonException)
        {
            return false;
        }

        return message is not null && Images.ImageId.TryParse(message.ImageId, out id);
    }

    public string ToJson() => JsonSerializer.Serialize(this, ImageMessagesJson.Default.ImageJobMessage);
}

/// <summary>
/// Serializes image jobs and the data of image events as JSON with camelCase names and without null members. Unknown members, which a newer
/// version may have added, are ignored.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageJobMessage))]
[JsonSerializable(typeof(ImageUpgradeMessage))]
[JsonSerializable(typeof(ImageEventData))]
internal sealed partial class ImageMessagesJson : JsonSerializerContext;
