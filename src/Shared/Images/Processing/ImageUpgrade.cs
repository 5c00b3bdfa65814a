using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Shared.Images.Processing;

/// <summary>
/// Adds the variants to a ready image that take long to encode: the formats of <see cref="ImageOptions.UpgradeFormats"/> and the animated
/// variant. The queue may deliver a message several times, even concurrently, and an attempt may stop at any point. The result is always
/// correct for the same reasons as that of an <see cref="ImageJob"/>: the manifest is replaced only if its ETag is unchanged, variants have
/// deterministic names, and an upgrade whose image was deleted removes the blobs that it wrote.
/// </summary>
/// <remarks>
/// An upgrade reserves nothing of the <see cref="PixelBudget"/>, so that an image job never waits for the memory of an upgrade. The memory of
/// upgrades is limited, because one upgrade runs at a time, and <see cref="ImageOptions.MaxPixels"/> limits its image too.
/// </remarks>
public sealed partial class ImageUpgrade(
    ManifestStore manifests,
    OriginalStore originals,
    VariantStore variants,
    ImageRemoval removal,
    ImageEvents events,
    IImageEngine engine,
    ImageUpgradeQueue queue,
    UpgradePriority priority,
    IOptions<ImageOptions> options,
    TimeProvider time,
    ILogger<ImageUpgrade> logger)
{
    /// <summary>
    /// The longest time that an attempt waits for another upgrade, and the longest time that it waits for image jobs altogether. The upgrade
    /// is then put back into its queue, so that it does not reach the function's time limit of 5 minutes.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The time for which an upgrade that was put back stays invisible.</summary>
    public static readonly TimeSpan Postponement = TimeSpan.FromSeconds(30);

    /// <summary>Returns whether an upgrade of a ready image may add variants and has not ended yet.</summary>
    public static bool IsDue(ImageManifest image, ImageOptions options) =>
        image is { Status: ImageStatus.Ready, UpgradedAt: null }
        && (options.UpgradeFormats.Length > 0
            || (options.AnimationFrames > 0 && image.Source.ContentType is ImageContentTypes.Gif or ImageContentTypes.Webp));

    /// <summary>
    /// Runs the upgrade. Returns when the message needs no further processing. Throws an exception when a retry may succeed. The queue then
    /// delivers the message again.
    /// </summary>
    public async Task RunAsync(ImageId id, ImageUpgradeMessage message, CancellationToken cancellationToken)
    {
        if (await FindDueAsync(id, cancellationToken) is not { } current)
        {
            return;
        }

        using var turn = await priority.TryTakeTurnAsync(Patience, cancellationToken);
        var work = new Work { Spent = message.Spent };
        if (turn is null || !await TryWaitForJobsAsync(work, cancellationToken))
        {
            await PostponeAsync(message, work.Spent, cancellationToken);
            return;
        }

        try
        {
            await RenderAsync(id, current.Manifest, work, cancellationToken);
        }
        catch (ImageRejectedException rejection)
        {
            LogRejected(id, rejection.Code, rejection.Message);
            return;
        }

        if (work.IsPostponed)
        {
            await StoreAsync(id, current, work, endedAt: null, cancellationToken);
            await PostponeAsync(message, work.Spent, cancellationToken);
        }
        else if (await StoreAsync(id, current, work, time.GetUtcNow(), cancellationToken) is { } upgraded)
        {
            LogUpgraded(id, work.Count, work.Spent);
            await SendEventAsync(upgraded, cancellationToken);
        }
    }

    /// <summary>Ends an upgrade whose message was moved to the poison queue. The image keeps the variants that it has.</summary>
    public Task GiveUpAsync(ImageId id)
    {
        LogGivenUp(id);
        return Task.CompletedTask;
    }

    /// <returns>The manifest of the image. Null when no upgrade is due.</returns>
    private async Task<StoredManifest?> FindDueAsync(ImageId id, CancellationToken cancellationToken)
    {
        if (await manifests.FindAsync(id, cancellationToken) is not { } current)
        {
            LogDeleted(id);
            await removal.RemoveBlobsAsync(id, cancellationToken);
            return null;
        }

        if (IsDue(current.Manifest, options.Value))
        {
            return current;
        }

        LogNothingToDo(id, current.Manifest.Status, current.Manifest.UpgradedAt);
        if (current.Manifest.UpgradedAt is not null)
        {
            // The attempt that finished the upgrade may have stopped before it sent the event.
            await SendEventAsync(current.Manifest, cancellationToken);
        }

        return null;
    }

    private async Task<bool> TryWaitForJobsAsync(Work work, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        work.IsPostponed = !await priority.TryWaitForJobsAsync(Patience - work.Waited, cancellationToken);
        work.Waited += time.GetElapsedTime(started);
        return !work.IsPostponed;
    }

    private async Task RenderAsync(ImageId id, ImageManifest image, Work work, CancellationToken cancellationToken)
    {
        await using var original = TemporaryFile.Create();
        if (await originals.DownloadAsync(id, image, original, cancellationToken) != OriginalDownload.Complete)
        {
            throw new ImageRejectedException("source-missing", "The original no longer exists, or was overwritten.");
        }

        original.Position = 0;
        var probed = ImageProbe.Read(original, options.Value);
        await using var rendering = engine
            .UpgradeAsync(original, probed, [.. image.VariantNames()], cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            if (work.Spent >= options.Value.UpgradeBudget)
            {
                LogBudgetUsedUp(id, work.Count, work.Spent);
                return;
            }

            if (!await TryWaitForJobsAsync(work, cancellationToken))
            {
                return;
            }

            var started = time.GetTimestamp();
            var hasVariant = await rendering.MoveNextAsync();
            work.Spent += time.GetElapsedTime(started);
            if (!hasVariant)
            {
                return;
            }

            var variant = rendering.Current;
            await variants.PutAsync(id, variant.Name, variant.Content, cancellationToken);
            work.Add(variant);
        }
    }

    /// <summary>Adds the variants to the manifest. Repeats the change if the manifest was changed by another process.</summary>
    /// <returns>The stored manifest. Null when the image was deleted.</returns>
    private async Task<ImageManifest?> StoreAsync(
        ImageId id, StoredManifest? current, Work work, DateTimeOffset? endedAt, CancellationToken cancellationToken)
    {
        for (; current is not null; current = await manifests.FindAsync(id, cancellationToken))
        {
            if (current.Manifest.UpgradedAt is not null || (endedAt is null && work.Count == 0))
            {
                // Another delivery of the message has finished first, or there is nothing to store.
                return current.Manifest;
            }

            var upgraded = work.AddTo(current.Manifest) with { UpgradedAt = endedAt };
            if (await manifests.TryReplaceAsync(id, current, upgraded, cancellationToken) is not null)
            {
                return upgraded;
            }
        }

        LogDeleted(id);
        await removal.RemoveBlobsAsync(id, cancellationToken);
        return null;
    }

    private Task PostponeAsync(ImageUpgradeMessage message, TimeSpan spent, CancellationToken cancellationToken)
    {
        LogPostponed(message.ImageId);
        return queue.EnqueueAsync(message with { Spent = spent }, Postponement, cancellationToken);
    }

    private Task SendEventAsync(ImageManifest image, CancellationToken cancellationToken) =>
        image.Animation is not null || image.Variants.Any(variant => options.Value.UpgradeFormats.Contains(variant.Format))
            ? events.SendUpgradedAsync(image, cancellationToken)
            : Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Image {Id} was upgraded with {Variants} variants in {Spent}")]
    private partial void LogUpgraded(ImageId id, int variants, TimeSpan spent);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The upgrade of image {Id} used up its time budget after {Variants} variants ({Spent})")]
    private partial void LogBudgetUsedUp(ImageId id, int variants, TimeSpan spent);

    [LoggerMessage(Level = LogLevel.Information, Message = "The upgrade of image {Id} is postponed, because the instance is busy")]
    private partial void LogPostponed(string id);

    [LoggerMessage(Level = LogLevel.Information, Message = "Image {Id} is {Status} (upgraded at {UpgradedAt}), so the upgrade needs no processing")]
    private partial void LogNothingToDo(ImageId id, ImageStatus status, DateTimeOffset? upgradedAt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Image {Id} was deleted before its upgrade finished; the blobs that the upgrade wrote are removed")]
    private partial void LogDeleted(ImageId id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Image {Id} cannot be upgraded: {Code}: {Detail}")]
    private partial void LogRejected(ImageId id, string code, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "The upgrade of image {Id} failed repeatedly and is dropped; the image remains ready")]
    private partial void LogGivenUp(ImageId id);

    /// <summary>The result of an attempt.</summary>
    private sealed class Work
    {
        private readonly List<ImageVariant> _variants = [];
        private ImageAnimation? _animation;

        /// <summary>The number of variants that were stored, including the animated variant.</summary>
        public int Count => _variants.Count + (_animation is null ? 0 : 1);

        /// <summary>The part of the budget that is used up.</summary>
        public required TimeSpan Spent { get; set; }

        /// <summary>The time that the attempt has waited for image jobs.</summary>
        public TimeSpan Waited { get; set; }

        /// <summary>Whether the attempt ended early in favour of image jobs.</summary>
        public bool IsPostponed { get; set; }

        public void Add(RenderedVariant variant)
        {
            if (variant.IsAnimated)
            {
                _animation = new ImageAnimation(variant.Width, variant.Height, variant.Content.Length);
            }
            else
            {
                _variants.Add(new ImageVariant(variant.Width, variant.Height, variant.Format, variant.Content.Length));
            }
        }

        /// <summary>Adds the variants to a manifest. A variant that another attempt has added in the meantime is listed once.</summary>
        public ImageManifest AddTo(ImageManifest image) => image with
        {
            Variants = [.. image.Variants.Concat(_variants).DistinctBy(variant => variant.Name()).OrderByDescending(variant => variant.Width)],
            Animation = _animation ?? image.Animation,
        };
    }
}
