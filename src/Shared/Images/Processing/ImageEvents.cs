using System.Text.Json;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Images.Processing;

/// <summary>
/// Sends the <c>image.ready</c>, <c>image.failed</c> and <c>image.upgraded</c> events. The id and time of an event come from the manifest, so
/// an event that is sent again is identical to the first one.
/// </summary>
public sealed class ImageEvents(EventQueue events)
{
    internal const string Ready = "image.ready";
    internal const string Failed = "image.failed";
    internal const string Upgraded = "image.upgraded";

    /// <summary>Returns the type of the event of an image that is ready or has failed.</summary>
    internal static string TypeOf(ImageManifest image) => image.Status == ImageStatus.Ready ? Ready : Failed;

    /// <summary>Returns the id of an event, for example <c>evt_{id}_ready</c>.</summary>
    internal static string IdOf(ImageManifest image, string type) => $"evt_{image.Id}_{type["image.".Length..]}";

    /// <param name="image">An image that is ready or has failed.</param>
    public Task SendAsync(ImageManifest image, CancellationToken cancellationToken) =>
        events.SendAsync(Of(image, TypeOf(image), image.EndedAt ?? image.CreatedAt), cancellationToken);

    /// <param name="image">An image whose upgrade has added variants.</param>
    public Task SendUpgradedAsync(ImageManifest image, CancellationToken cancellationToken) =>
        events.SendAsync(Of(image, Upgraded, image.UpgradedAt ?? image.CreatedAt), cancellationToken);

    private static EventEnvelope Of(ImageManifest image, string type, DateTimeOffset timestamp) => new()
    {
        Id = IdOf(image, type),
        CustomerId = image.Owner,
        Type = type,
        Timestamp = timestamp,
        Data = JsonSerializer.SerializeToElement(
            new ImageEventData
            {
                Id = image.Id,
                Status = image.Status,
                Source = image.Source,
                Variants = VariantView.AllOf(image),
                Animation = AnimationView.Of(image),
                ThumbHash = image.ThumbHash,
                DominantColor = image.DominantColor,
                Error = image.Error,
            },
            ImageMessagesJson.Default.ImageEventData),
    };
}

/// <summary>
/// The data of an image event. It is the response to <c>GET /api/images/{id}</c> without the creation time and the timings.
/// </summary>
[EventData(ImageEvents.Ready, ImageEvents.Failed, ImageEvents.Upgraded)]
internal sealed record ImageEventData
{
    public required string Id { get; init; }

    public required ImageStatus Status { get; init; }

    public required ImageSource Source { get; init; }

    public required IReadOnlyList<VariantView> Variants { get; init; }

    /// <summary>The animated variant. Null unless the upgrade of the image has added the variant.</summary>
    public AnimationView? Animation { get; init; }

    /// <summary>A blurred placeholder, as a ThumbHash in base64. Null unless the image is ready.</summary>
    public string? ThumbHash { get; init; }

    /// <summary>The most frequent colour as <c>#rrggbb</c>. Null unless the image is ready.</summary>
    public string? DominantColor { get; init; }

    public ImageError? Error { get; init; }
}
