using Azure;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Shared.Images;

/// <summary>
/// Makes one image's variants. Any number of deliveries of its message, one after another or at once, in part or in full, come to
/// the same end: the manifest changes under its ETag only, variants have deterministic names and bytes, and whoever finds the
/// manifest gone removes what it wrote.
/// </summary>
public sealed partial class ImageJob(
    ManifestStore manifests,
    OriginalStore originals,
    VariantStore variants,
    ImageRemoval removal,
    ImageEvents events,
    IImageEngine engine,
    PixelBudget pixels,
    IOptions<ImageOptions> options,
    TimeProvider time,
    ILogger<ImageJob> logger)
{
    /// <summary>
    /// Runs the job. Returns when there is nothing left to do for this message; throws when trying again later may help, and the
    /// queue then does so.
    /// </summary>
    public async Task RunAsync(ImageId id, ImageJobMessage message, CancellationToken cancellationToken)
    {
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
    /// Ends a job that the queue has given up on: the manifest becomes <c>failed</c> with <c>processing-failed</c>, and the
    /// original is kept so that an operator can queue the message again.
    /// </summary>
    public async Task GiveUpAsync(ImageId id, CancellationToken cancellationToken)
    {
        while (await manifests.FindAsync(id, cancellationToken) is { } current)
        {
            if (current.Manifest.Status is ImageStatus.Ready or ImageStatus.Failed)
            {
                await events.SendAsync(current.Manifest, cancellationToken);
                return;
            }

            LogGivenUp(id, current.Manifest.LastFailure ?? "the worker stopped while it was at work");
            var failed = current.Manifest with
            {
                Status = ImageStatus.Failed,
                EndedAt = time.GetUtcNow(),
                Error = new ImageError(
                    ImageError.ProcessingFailed,
                    current.Manifest.LastFailure is null
                        ? "The image could not be processed: the worker stopped while it was at work, at every attempt. Upload it again later."
                        : "The image could not be processed, although it was tried several times. Upload it again later."),
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

    /// <returns>Null when this delivery has nothing to do.</returns>
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
                    // The delivery that finished it may have died before it could say so.
                    LogNothingToDo(id, current.Manifest.Status);
                    await events.SendAsync(current.Manifest, cancellationToken);
                    return null;
                case { Status: ImageStatus.Failed, Error.Code: not ImageError.ProcessingFailed }:
                    // The attempt that rejected it may have died before removing the blobs, or before saying so.
                    await removal.RemoveBlobsAsync(id, cancellationToken);
                    await events.SendAsync(current.Manifest, cancellationToken);
                    return null;
            }

            // A failed job whose message was queued again is taken up as well: that is the operator's replay.
            var processing = current.Manifest with
            {
                Status = ImageStatus.Processing,
                EndedAt = null,
                Error = null,
                Timings = current.Manifest.Timings with { QueueWaitMs = Milliseconds.Rounded(waited) },
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
        var header = ImageProbe.Read(original, options.Value);

        started = time.GetTimestamp();
        using var room = await pixels.ReserveAsync(header.Pixels, cancellationToken);
        var waitedForMemory = time.GetElapsedTime(started);

        var timings = new RenderTimings();
        var rendered = new List<ImageVariant>();
        await using var writer = new VariantWriter(variants, id, cancellationToken);
        await foreach (var variant in engine.RenderAsync(original, header, timings, cancellationToken))
        {
            await writer.AddAsync(variant);
            rendered.Add(new ImageVariant(variant.Width, variant.Height, variant.Format, variant.Content.Length));
        }

        await writer.CompleteAsync();
        return manifest with
        {
            Status = ImageStatus.Ready,
            Source = manifest.Source with { ContentType = header.ContentType, Width = header.Width, Height = header.Height },
            Variants = rendered,
            LastFailure = null,
            Timings = manifest.Timings with
            {
                DownloadMs = Milliseconds.Rounded(downloaded),
                MemoryWaitMs = Milliseconds.Rounded(waitedForMemory),
                DecodeMs = Milliseconds.Rounded(timings.Decode),
                ResizeMs = Milliseconds.Rounded(timings.Resize),
                EncodeMs = Milliseconds.Rounded(timings.Encode),
                StoreMs = Milliseconds.Rounded(writer.Waited),
            },
        };
    }

    private async Task DownloadAsync(ImageId id, ImageManifest manifest, Stream destination, CancellationToken cancellationToken)
    {
        var etag = new ETag(manifest.SourceETag ?? throw new InvalidOperationException($"The manifest of {id} has no source ETag."));
        switch (await originals.DownloadAsync(id, etag, destination, cancellationToken))
        {
            case OriginalDownload.Missing:
                throw new ImageRejectedException("source-missing", "The uploaded image is no longer there. Upload it again.");
            case OriginalDownload.Changed:
                throw new ImageRejectedException(
                    "source-changed", "The upload was overwritten after it was completed. Upload it again, and write to an upload URL once.");
        }
    }

    /// <summary>Writes the end of the job and says so, unless another delivery or a deletion was faster.</summary>
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

        await events.SendAsync(end, cancellationToken);
    }

    private static ImageManifest Rejected(ImageManifest manifest, ImageRejectedException rejection) => manifest with
    {
        Status = ImageStatus.Failed,
        Error = new ImageError(rejection.Code, rejection.Message),
        LastFailure = null,
    };

    /// <summary>Leaves the reason where <see cref="GiveUpAsync"/> and operators find it; losing it is no reason to fail differently.</summary>
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

    [LoggerMessage(Level = LogLevel.Information, Message = "Image {Id} is {Status}; its message was delivered again")]
    private partial void LogNothingToDo(ImageId id, ImageStatus status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Image {Id} was deleted before its job was done; what was written is removed")]
    private partial void LogDeleted(ImageId id);

    [LoggerMessage(Level = LogLevel.Information, Message = "Another delivery of image {Id} was faster")]
    private partial void LogOvertaken(ImageId id);

    [LoggerMessage(Level = LogLevel.Error, Message = "Image {Id} is given up after its last attempt: {Failure}")]
    private partial void LogGivenUp(ImageId id, string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Why an attempt at image {Id} failed could not be noted in its manifest")]
    private partial void LogFailureNotNoted(Exception exception, ImageId id);
}
