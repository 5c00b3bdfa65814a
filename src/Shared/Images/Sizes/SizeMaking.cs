using System.Collections.Concurrent;
using System.Diagnostics;
using Azure;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Images.Rendering;
using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Images.Sizes;

/// <summary>
/// Returns sizes, and makes them on their first request. Within a process, concurrent requests for a size share one run. Among processes,
/// the claim in storage lets only one of them make the size while the others wait (<see cref="SizeStore"/>).
/// </summary>
/// <param name="manifests">The manifests of the images.</param>
/// <param name="originals">The originals, of which sizes are made.</param>
/// <param name="variants">The variants, of which sizes are made if an original cannot be read any more.</param>
/// <param name="sizes">The stored sizes and the claims.</param>
/// <param name="engine">The image engine. It is loaded only when a size is made.</param>
/// <param name="pixels">The memory for decoded images, which is shared with the image jobs of the process.</param>
/// <param name="images">The limits of images.</param>
/// <param name="options">The limit of sizes.</param>
/// <param name="time">The clock for the time limits.</param>
/// <param name="logger">Receives one message for each size that was made.</param>
public sealed partial class SizeMaking(
    ManifestStore manifests,
    OriginalStore originals,
    VariantStore variants,
    SizeStore sizes,
    Lazy<IImageEngine> engine,
    PixelBudget pixels,
    IOptions<ImageOptions> images,
    IOptions<SizeOptions> options,
    TimeProvider time,
    ILogger<SizeMaking> logger) : IDisposable
{
    /// <summary>The time for which a request waits for another instance, or for a place and memory. It then gets 503.</summary>
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time from the claim to the start of the last write. It ends before the claim, so that a claim that has ended belongs to a process
    /// that was killed.
    /// </summary>
    private static readonly TimeSpan MakingLimit = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(150);

    private readonly ConcurrentDictionary<(ImageId, ImageSize), Lazy<Task<Problem?>>> _running = new();
    private readonly SemaphoreSlim _places = new(Environment.ProcessorCount);

    /// <inheritdoc cref="VariantStore.OpenAsync"/>
    /// <param name="imageId">The id in the URL.</param>
    /// <param name="size">The size in the URL, whose signature was checked.</param>
    /// <returns>
    /// The size, or a problem: 404 as for variants, 409 <c>size-limit-reached</c>, or 503 <c>size-unavailable</c>.
    /// </returns>
    public async Task<Outcome<StoredVariant>> OpenAsync(
        string? imageId, ImageSize size, bool wholeIsWanted, CancellationToken cancellationToken)
    {
        if (!ImageId.TryParse(imageId, out var id))
        {
            return ImageProblems.ImageNotFound(imageId);
        }

        if (await sizes.OpenAsync(id, size, wholeIsWanted, cancellationToken) is { } stored)
        {
            return stored;
        }

        // The run does not use the token of this request, because other requests share the run. The run has time limits of its own.
        var key = (id, size);
        var run = _running.GetOrAdd(key, _ => new(() => RunAsync(key)));
        if (await run.Value.WaitAsync(cancellationToken) is { } problem)
        {
            return problem;
        }

        return await sizes.OpenAsync(id, size, wholeIsWanted, cancellationToken) is { } made ? made : ImageProblems.VariantGone();
    }

    public void Dispose() => _places.Dispose();

    private async Task<Problem?> RunAsync((ImageId Id, ImageSize Size) key)
    {
        try
        {
            // Returns the lock of the Lazy before the first call to storage.
            await Task.Yield();
            return await MakeOrWaitAsync(key.Id, key.Size);
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }

    /// <returns>Null when the size is stored.</returns>
    private async Task<Problem?> MakeOrWaitAsync(ImageId id, ImageSize size)
    {
        if (await manifests.FindAsync(id, CancellationToken.None) is not { Manifest: { Status: not ImageStatus.AwaitingUpload } manifest })
        {
            return ImageProblems.ImageNotFound(id.Value);
        }

        if (manifest.Status != ImageStatus.Ready)
        {
            return ImageProblems.VariantNotFound(size.ToString(), manifest);
        }

        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < WaitLimit; await Task.Delay(PollInterval, time))
        {
            if (await sizes.TryClaimAsync(id, size, CancellationToken.None) is { } claim)
            {
                return await MakeAsync(claim, manifest);
            }

            if (await sizes.OpenAsync(id, size, wholeIsWanted: false, CancellationToken.None) is { } stored)
            {
                await stored.Content.DisposeAsync();
                return null;
            }
        }

        return ImageProblems.SizeUnavailable();
    }

    private async Task<Problem?> MakeAsync(SizeClaim claim, ImageManifest manifest)
    {
        using var limit = new CancellationTokenSource(MakingLimit, time);
        var isStored = false;
        try
        {
            // The own claim is counted, so concurrent requests cannot exceed the limit.
            if (await sizes.CountAsync(claim.Id, limit.Token) > options.Value.MaxSizes)
            {
                return ImageProblems.SizeLimitReached(options.Value.MaxSizes);
            }

            // A removal deletes the manifest before it lists the blobs. If the manifest still exists after the claim was stored, the removal
            // will find and delete the claim, and the size can no longer be stored.
            if (await manifests.FindAsync(claim.Id, limit.Token) is null)
            {
                return ImageProblems.ImageNotFound(claim.Id.Value);
            }

            var started = Stopwatch.GetTimestamp();
            var content = await RenderAsync(claim, manifest, limit.Token);
            if (content is null)
            {
                return ImageProblems.VariantNotFound(claim.Size.ToString(), manifest);
            }

            isStored = await sizes.StoreAsync(claim, content, limit.Token);
            if (!isStored)
            {
                return ImageProblems.VariantGone();
            }

            var elapsed = Stopwatch.GetElapsedTime(started);
            LogMade(claim.Size, claim.Id, content.Length, elapsed);
            return null;
        }
        catch (OperationCanceledException)
        {
            return ImageProblems.SizeUnavailable();
        }
        finally
        {
            if (!isStored)
            {
                await ReleaseAsync(claim);
            }
        }
    }

    /// <returns>The encoded size. Null when neither the original nor a variant can be decoded.</returns>
    /// <exception cref="OperationCanceledException">No place or no memory became available in time, or the making took too long.</exception>
    private async Task<byte[]?> RenderAsync(SizeClaim claim, ImageManifest manifest, CancellationToken cancellationToken)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        wait.CancelAfter(WaitLimit);
        await _places.WaitAsync(wait.Token);
        try
        {
            await using var file = TemporaryFile.Create();
            if (await DownloadOriginalAsync(claim.Id, manifest, file, cancellationToken)
                && await RenderAsync(file, claim.Size, wait.Token, cancellationToken) is { } fromOriginal)
            {
                return fromOriginal;
            }

            file.SetLength(0);
            return await DownloadWidestVariantAsync(claim.Id, manifest, file, cancellationToken)
                ? await RenderAsync(file, claim.Size, wait.Token, cancellationToken)
                : null;
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<byte[]?> RenderAsync(Stream file, ImageSize size, CancellationToken waitToken, CancellationToken cancellationToken)
    {
        try
        {
            var probed = ImageProbe.Read(file, images.Value);
            var result = SizePlan.Of(probed.Header, size).Result;
            var largest = Math.Max(probed.Header.Pixels, Math.Min((long)result.Width * result.Height, images.Value.MaxPixels));
            using var reservation = await pixels.ReserveAsync(largest, waitToken);
            return await engine.Value.RenderSizeAsync(file, probed, size, cancellationToken);
        }
        catch (ImageRejectedException)
        {
            // The limits of the installation were lowered after the image was accepted.
            return null;
        }
    }

    private async Task<bool> DownloadOriginalAsync(ImageId id, ImageManifest manifest, Stream file, CancellationToken cancellationToken) =>
        manifest.SourceETag is { } etag
        && await originals.DownloadAsync(id, new ETag(etag), file, cancellationToken) == OriginalDownload.Complete;

    private async Task<bool> DownloadWidestVariantAsync(ImageId id, ImageManifest manifest, Stream file, CancellationToken cancellationToken)
    {
        if (manifest.Variants.FirstOrDefault(variant => variant.Format != "avif") is not { } widest
            || await variants.OpenAsync(id, widest.Name(), wholeIsWanted: true, cancellationToken) is not { } opened)
        {
            return false;
        }

        await using var content = opened.Content;
        await content.CopyToAsync(file, cancellationToken);
        return true;
    }

    /// <summary>Ends the claim. If that fails, the claim ends by itself, so the original exception reaches the caller.</summary>
    private async Task ReleaseAsync(SizeClaim claim)
    {
        try
        {
            await sizes.ReleaseAsync(claim, CancellationToken.None);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException or TimeoutException)
        {
            LogNotReleased(e, claim.Size, claim.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Made size {Size} of image {Id}: {Bytes} bytes in {Elapsed}")]
    private partial void LogMade(ImageSize size, ImageId id, int bytes, TimeSpan elapsed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The claim of size {Size} of image {Id} could not be released; it ends by itself")]
    private partial void LogNotReleased(Exception exception, ImageSize size, ImageId id);
}
