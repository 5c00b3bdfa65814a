using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Azure.Storage.Queues;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Images.Processing;

/// <summary>
/// The <c>image-upgrades</c> queue. It is separate from <c>image-jobs</c>, so that an image that is not ready never waits behind the upgrade
/// of another image. The host moves messages that fail repeatedly to <c>image-upgrades-poison</c>.
/// </summary>
public sealed class ImageUpgradeQueue(QueueServiceClient queues)
{
    public const string Name = "image-upgrades";

    public const string PoisonName = Name + "-poison";

    private readonly MessageQueue _queue = new(queues, Name);

    /// <param name="message">The upgrade.</param>
    /// <param name="delay">The time during which the message is invisible. Null makes it visible immediately.</param>
    /// <param name="cancellationToken">Cancels the request to the queue.</param>
    public Task EnqueueAsync(ImageUpgradeMessage message, TimeSpan? delay, CancellationToken cancellationToken) =>
        _queue.SendAsync(message.ToJson(), delay, cancellationToken);
}

/// <summary>
/// A message in the <c>image-upgrades</c> queue. The image's manifest determines the remaining work, so duplicate and late messages are
/// harmless.
/// </summary>
/// <param name="ImageId">The image's id, in the format of <see cref="Images.ImageId"/>.</param>
/// <param name="EnqueuedAt">The UTC time at which the upgrade was queued for the first time.</param>
public sealed record ImageUpgradeMessage(string ImageId, DateTimeOffset EnqueuedAt)
{
    /// <summary>The part of <see cref="ImageOptions.UpgradeBudget"/> that the upgrade had used up when it was postponed.</summary>
    public TimeSpan Spent { get; init; }

    public static bool TryParse(string text, out ImageId id, [NotNullWhen(true)] out ImageUpgradeMessage? message)
    {
        id = default;
        message = null;
        try
        {
            message = JsonSerializer.Deserialize(text, ImageMessagesJson.Default.ImageUpgradeMessage);
        }
        catch (JsonException)
        {
            return false;
        }

        return message is not null && Images.ImageId.TryParse(message.ImageId, out id);
    }

    public string ToJson() => JsonSerializer.Serialize(this, ImageMessagesJson.Default.ImageUpgradeMessage);
}
