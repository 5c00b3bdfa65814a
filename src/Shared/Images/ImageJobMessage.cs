using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ServerlessScale.Shared.Images;

/// <summary>A message of <c>image-jobs</c>. The manifest, not the message, says what is left to do, so any copy of it may be delivered.</summary>
/// <param name="ImageId">See <see cref="Images.ImageId"/>.</param>
/// <param name="EnqueuedAt">UTC; the queue wait is counted from here.</param>
public sealed record ImageJobMessage(string ImageId, DateTimeOffset EnqueuedAt)
{
    public static bool TryParse(string text, out ImageId id, [NotNullWhen(true)] out ImageJobMessage? message)
    {
        id = default;
        message = null;
        try
        {
            message = JsonSerializer.Deserialize(text, ImageJson.Default.ImageJobMessage);
        }
        catch (JsonException)
        {
            return false;
        }

        return message is not null && Images.ImageId.TryParse(message.ImageId, out id);
    }

    public string ToJson() => JsonSerializer.Serialize(this, ImageJson.Default.ImageJobMessage);
}
