using Azure;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Shared.Images.Processing;

/// <summary>
/// Renders and stores the variants of an image. The queue may deliver a job's message several times, even concurrently, and an attempt may
/// stop at any point. The result is always the same, for three reasons. The manifest is replaced only if its ETag is unchanged. Variants
/// have deterministic names and bytes. A job whose manifest was deleted removes the blobs that it wrote.
/// </summary>
public sealed partial class ImageJob(
    ManifestStore manifests,
    OriginalStore originals,
    VariantStore variants,
    ImageRemoval removal,
    ImageEvents events,
    IImageEngine engine,
    PixelBudget pixels,
    ImageUpgradeQueue upgrades,
    UpgradePriority priority,
    IOptions<ImageOptions> options,
    TimeProvider time,
    ILogger<ImageJob> logger)
{
    /// <summary>
    /// Runs the job. Returns when the message needs no further processing. Throws an exception when a retry may succeed. The queue then
    /// delivers the message again.
    /// </summary>
    public async Task RunAsync(ImageId id, ImageJobMessage message, CancellationToken cancellationToken)
    {
        using var running = priority.BeginJob();
        var waited = time.GetUtcNow() - message.EnqueuedAt;
        if (await BeginAsync(id, waited > TimeSpan.Zero ? waited : TimeSpan.Zero, cancellationToken) is not { } begun)
        {
            return;
        }

        try
        {
            var done = await RenderAsync(id, begun.Manifest, cancellationToken);
            await FinishAsync(id, begun, done, cancellationToken);
        }
        catch (ImageRejectedException rejection)
        {
            LogRejected(id, rejection.Code, rejection.Message);
            await FinishAsync(id, begun, Rejected(begun.Manifest, rejection), cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            await NoteFailureAsync(id, begun, e, cancellationToken);
            throw;
        }
    }

    /// <summary>
    /// Ends a job whose message was moved to the poison queue. Sets the manifest's status to <c>failed</c> and its error code to
    /// <c>processing-failed</c>. The original is retained, so that an operator can replay the job by queueing its message again.
    /// </summary>
    public async Task GiveUpAsync(ImageId id, CancellationToken cancellationToken)
    {
        while (await manifests.FindAsync(id, cancellationToken) is { } current)
        {
            if (current.Manifest.Status is ImageStatus.Ready or ImageStatus.Failed)
            {
                await AnnounceAsync(id, current.Manifest, cancellationToken);
                return;
            }

            LogGivenUp(id, current.Manifest.LastFailure ?? "the worker stopped during the attempt");
            var failed = current.Manifest with
            {
                Status = ImageStatus.Failed,
                EndedAt = time.GetUtcNow(),
                Error = new ImageError(
                    ImageError.ProcessingFailed,
                    current.Manifest.LastFailure is null
                        ? "The image could not be processed, because the worker stopped during every attempt. Upload it again later."
                        : "The image could not be processed, even after several attempts. Upload it again later."),
            };
            if (await manifests.TryReplaceAsync(id, current, failed, cancellationToken) is not null)
            {
                await variants.DeleteAllAsync(id, cancellationToken);
                await events.SendAsync(failed, cancellationToken);
                return;
            }
        }

        await removal.RemoveBlobsAsync(id, cancellationToken);
    }

    /// <summary>Sets the status to <c>processing</c>.</summary>
    /// <returns>The manifest with the new status. Null when the message needs no further processing.</returns>
    private async Task<StoredManifest?> BeginAsync(ImageId id, TimeSpan waited, CancellationToken cancellationToken)
    {
        while (await manifests.FindAsync(id, cancellationToken) is { } current)
        {
            switch (current.Manifest)
            {
                case { Status: ImageStatus.AwaitingUpload }:
                    LogNothingToDo(id, current.Manifest.Status);
                    return null;
                case { Status: ImageStatus.Ready }:
                    // The attempt that finished the job may have stopped before it sent the event and queued the upgrade.
                    LogNothingToDo(id, current.Manifest.Status);
                    await AnnounceAsync(id, current.Manifest, cancellationToken);
                    return null;
                case { Status: ImageStatus.Failed, Error.Code: not ImageError.ProcessingFailed }:
                    // The attempt that rejected the image may have stopped before it removed the blobs and sent the event.
                    await removal.RemoveBlobsAsync(id, cancellationToken);
                    await events.SendAsync(current.Manifest, cancellationToken);
                    return null;
            }

            // A job that failed with the code processing-failed may start again, because an operator can replay it by queueing its message
            // again.
            var processing = current.Manifest with
            {
                Status = ImageStatus.Processing,
                EndedAt = null,
                Error = null,
                Timings = current.Manifest.Timings with { QueueWaitMs = ImageTimings.Milliseconds(waited) },
            };
            if (await manifests.TryReplaceAsync(id, current, processing, cancellationToken) is { } begun)
            {
                return begun;
            }
        }

        LogDeleted(id);
        await removal.RemoveBlobsAsync(id, cancellationToken);
        return null;
    }

    private async Task<ImageManifest> RenderAsync(ImageId id, ImageManifest manifest, CancellationToken cancellationToken)
    {
        await using var original = TemporaryFile.Create();
        var started = time.GetTimestamp();
        await DownloadAsync(id, manifest, original, cancellationToken);
        var downloaded = time.GetElapsedTime(started);

        original.Position = 0;
        var probed = ImageProbe.Read(original, options.Value);
        var header = probed.Header;

        started = time.GetTimestamp();
        using var reservation = await pixels.ReserveAsync(header.Pixels, cancellationToken);
        var waitedForMemory = time.GetElapsedTime(started);

        var report = new RenderReport();
        var rendered = new List<ImageVariant>();
        await using var writer = new VariantWriter(variants, id, cancellationToken);
        await foreach (var variant in engine.RenderAsync(original, probed, report, cancellationToken))
        {
            await writer.AddAsync(variant);
            rendered.Add(new ImageVariant(variant.Width, variant.Height, variant.Format, variant.Content.Length));
        }

        await writer.CompleteAsync();
        return manifest with
        {
            Status = ImageStatus.Ready,
            Source = manifest.Source with { ContentType = header.ContentType, Width = header.Width, Height = header.Height },
            Variants = [.. rendered.OrderByDescending(variant => variant.Width)],
            ThumbHash = report.Placeholder is { } placeholder ? Convert.ToBase64String(placeholder.ThumbHash) : null,
            DominantColor = report.Placeholder?.DominantColor,
            LastFailure = null,
            Timings = manifest.Timings with
            {
                DownloadMs = ImageTimings.Milliseconds(downloaded),
                MemoryWaitMs = ImageTimings.Milliseconds(waitedForMemory),
                DecodeMs = ImageTimings.Milliseconds(report.Decode),
                ResizeMs = ImageTimings.Milliseconds(report.Resize),
                EncodeMs = ImageTimings.Milliseconds(report.Encode),
                StoreMs = ImageTimings.Milliseconds(writer.Waited),
            },
        };
    }

    private async Task DownloadAsync(ImageId id, ImageManifest manifest, Stream destination, CancellationToken cancellationToken)
    {
        switch (await originals.DownloadAsync(id, manifest, destination, cancellationToken))
        {
            case OriginalDownload.Missing:
                throw new ImageRejectedException("source-missing", "The uploaded image no longer exists. Upload it again.");
            case OriginalDownload.Changed:
                throw new ImageRejectedException(
                    "source-changed", "The upload was overwritten after it was completed. Upload the image again, and write to its upload URL only once.");
        }
    }

    /// <summary>
    /// Writes the final manifest and sends the event. Does neither if another delivery of the message has replaced the manifest, or if the
    /// image was deleted.
    /// </summary>
    private async Task FinishAsync(ImageId id, StoredManifest begun, ImageManifest done, CancellationToken cancellationToken)
    {
        var end = done with { EndedAt = time.GetUtcNow() };
        if (await manifests.TryReplaceAsync(id, begun, end, cancellationToken) is null)
        {
            if (await manifests.FindAsync(id, cancellationToken) is not null)
            {
                LogOvertaken(id);
                return;
            }

            LogDeleted(id);
            await removal.RemoveBlobsAsync(id, cancellationToken);
            return;
        }

        if (end.Status == ImageStatus.Failed)
        {
            await removal.RemoveBlobsAsync(id, cancellationToken);
        }
        else
        {
            LogReady(id, end.Variants.Count);
        }

        await AnnounceAsync(id, end, cancellationToken);
    }

    /// <summary>Sends the event of a finished image, and queues its upgrade.</summary>
    private async Task AnnounceAsync(ImageId id, ImageManifest image, CancellationToken cancellationToken)
    {
        if (image.UpgradedAt is not null)
        {
            // The upgrade was queued after the event was sent. The event would now list more variants than the first time.
            return;
        }

        await events.SendAsync(image, cancellationToken);
        if (ImageUpgrade.IsDue(image, options.Value))
        {
            await upgrades.EnqueueAsync(new ImageUpgradeMessage(id.Value, time.GetUtcNow()), delay: null, cancellationToken);
        }
    }

    private static ImageManifest Rejected(ImageManifest manifest, ImageRejectedException rejection) => manifest with
    {
        Status = ImageStatus.Failed,
        Error = new ImageError(rejection.Code, rejection.Message),
        LastFailure = null,
    };

    /// <summary>
    /// Stores the reason for the failure in the manifest, for <see cref="GiveUpAsync"/> and for operators. If that fails, this method logs
    /// the new exception but does not throw it, so that the original exception reaches the host.
    /// </summary>
    private async Task NoteFailureAsync(ImageId id, StoredManifest begun, Exception failure, CancellationToken cancellationToken)
    {
        var text = $"{failure.GetType().Name}: {failure.Message}";
        try
        {
            await manifests.TryReplaceAsync(
                id, begun, begun.Manifest with { LastFailure = text.Length <= 500 ? text : text[..500] }, cancellationToken);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException or OperationCanceledException)
        {
            LogFailureNotNoted(e, id);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Image {Id} is ready with {Variants} variants")]
    private partial void LogReady(ImageId id, int variants);

    [LoggerMessage(Level = LogLevel.Information, Message = "Image {Id} was rejected: {Code}: {Detail}")]
    private partial void LogRejected(ImageId id, string code, string detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "Image {Id} is {Status}, so the message needs no processing")]
    private partial void LogNothingToDo(ImageId id, ImageStatus status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Image {Id} was deleted before its job finished; the blobs that the job wrote are removed")]
    private partial void LogDeleted(ImageId id);

    [LoggerMessage(Level = LogLevel.Information, Message = "Another delivery of the job for image {Id} finished first")]
    private partial void LogOvertaken(ImageId id);

    [LoggerMessage(Level = LogLevel.Error, Message = "Image {Id} failed in its last attempt and will not be retried: {Failure}")]
    private partial void LogGivenUp(ImageId id, string failure);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The failure of an attempt to process image {Id} could not be stored in its manifest")]
    private partial void LogFailureNotNoted(Exception exception, ImageId id);
}
