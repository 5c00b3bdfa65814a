using System.Text.Json;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Images;

/// <summary>Says that an image is ready or has failed. Saying it again is harmless: it is the same event, of the same id and time.</summary>
public sealed class ImageEvents(EventQueue events)
{
    internal const string Ready = "image.ready";
    internal const string Failed = "image.failed";

    /// <param name="image">Ready or failed.</param>
    public Task SendAsync(ImageManifest image, CancellationToken cancellationToken) => events.SendAsync(Of(image), cancellationToken);

    private static EventEnvelope Of(ImageManifest image)
    {
        var ready = image.Status == ImageStatus.Ready;
        return new EventEnvelope
        {
            Id = $"evt_{image.Id}_{(ready ? "ready" : "failed")}",
            CustomerId = image.Owner,
            Type = ready ? Ready : Failed,
            Timestamp = image.EndedAt ?? image.CreatedAt,
            Data = JsonSerializer.SerializeToElement(
                new ImageEventData
                {
                    Id = image.Id,
                    Status = image.Status,
                    Source = image.Source,
                    Variants = [.. image.Variants.Select(v => new ImageEventVariant(
                        v.Width, v.Height, v.Format, v.Bytes, ImageProblems.VariantUrl(image.Id, v.Name())))],
                    Error = image.Error,
                },
                ImageJson.Default.ImageEventData),
        };
    }
}

/// <summary>What the event has of the image: its status document without the timings.</summary>
internal sealed record ImageEventData
{
    public required string Id { get; init; }

    public required ImageStatus Status { get; init; }

    public required ImageSource Source { get; init; }

    public required IReadOnlyList<ImageEventVariant> Variants { get; init; }

    public ImageError? Error { get; init; }
}

/// <param name="Url">The variant's path.</param>
internal sealed record ImageEventVariant(int Width, int Height, string Format, long Bytes, string Url);
