using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Images;

/// <summary>A URL to put one image to, bypassing the function app (the valet key pattern).</summary>
/// <param name="UploadUrl">Allows creating and writing exactly this blob: <c>PUT</c> with <c>x-ms-blob-type: BlockBlob</c>.</param>
/// <param name="ExpiresAt">UTC; to the second.</param>
public sealed record UploadTicket(ImageId Id, Uri UploadUrl, DateTimeOffset ExpiresAt);

/// <summary><c>POST /api/uploads</c> and its completion.</summary>
public sealed partial class DirectUploads(
    ManifestStore manifests,
    OriginalStore originals,
    UploadUrlSigner signer,
    ImageJobQueue jobs,
    ImageRemoval removal,
    IOptions<ImageOptions> options,
    TimeProvider time,
    ILogger<DirectUploads> logger)
{
    /// <summary>Hands out a URL for an image of the declared type and size.</summary>
    /// <returns>
    /// The ticket, or a problem: <c>unsupported-image-type</c> 415, <c>invalid-body</c> 422, <c>image-too-large</c> 413.
    /// </returns>
    public async Task<Outcome<UploadTicket>> OfferAsync(
        string owner, string contentType, long bytes, CancellationToken cancellationToken)
    {
        var limits = options.Value;
        if (contentType is not ("image/jpeg" or "image/png" or "image/gif" or "image/webp"))
        {
            return ImageProblems.UnsupportedContentType(contentType, "/contentType");
        }

        if (bytes <= 0)
        {
            return ImageProblems.DeclaredSizeInvalid(bytes);
        }

        if (bytes > limits.MaxBytes)
        {
            return ImageProblems.TooLarge(limits.MaxBytes, bytes) with { Pointer = "/bytes" };
        }

        var id = ImageId.New();
        var now = time.GetUtcNow();
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((now + limits.UploadUrlLifetime).ToUnixTimeSeconds());
        var url = await signer.SignAsync(originals.Blob(id), expiresAt, cancellationToken);
        await originals.EnsureContainerAsync(cancellationToken);
        await manifests.CreateAsync(
            id,
            new ImageManifest
            {
                Id = id.Value,
                Owner = owner,
                Status = ImageStatus.AwaitingUpload,
                CreatedAt = now,
                Source = new ImageSource(bytes, contentType),
            },
            cancellationToken);
        return new UploadTicket(id, url, expiresAt);
    }

    /// <summary>
    /// Checks what was uploaded and queues its job. Completing again is harmless and answers the image's status. An upload that
    /// is not what was declared is removed.
    /// </summary>
    /// <returns>
    /// The image, or a problem: <c>image-not-found</c> 404 (also when it is another's), <c>upload-missing</c> 409,
    /// <c>upload-size-mismatch</c> 422, <c>image-too-large</c> 413, <c>unsupported-image-type</c> 415, <c>queue-unavailable</c> 503.
    /// </returns>
    public async Task<Outcome<ImageManifest>> CompleteAsync(string? imageId, string owner, CancellationToken cancellationToken)
    {
        if (!ImageId.TryParse(imageId, out var id)
            || await manifests.FindAsync(id, cancellationToken) is not { } stored
            || stored.Manifest.Owner != owner)
        {
            return ImageProblems.ImageNotFound(imageId);
        }

        if (stored.Manifest.Status != ImageStatus.AwaitingUpload)
        {
            return stored.Manifest;
        }

        if (await originals.PeekAsync(id, cancellationToken) is not { } upload)
        {
            return ImageProblems.UploadMissing(id);
        }

        if (WrongSize(stored.Manifest, upload) is { } problem)
        {
            return await RefuseAsync(id, problem);
        }

        if (ImageSignature.Sniff(upload.Head.Span) is not { } contentType)
        {
            return await RefuseAsync(id, ImageProblems.UploadContentUnsupported());
        }

        // From here on it is not cancelled with the request: between the manifest and its message nobody else finishes the work.
        var queued = await manifests.TryReplaceAsync(
            id,
            stored,
            stored.Manifest with
            {
                Status = ImageStatus.Queued,
                Source = new ImageSource(upload.Bytes, contentType),
                SourceETag = upload.ETag.ToString("G"),
            },
            CancellationToken.None);
        if (queued is null)
        {
            // Another completion, or a deletion, came first: its outcome is the answer.
            return await manifests.FindAsync(id, cancellationToken) is { } current
                ? current.Manifest
                : ImageProblems.ImageNotFound(id.Value);
        }

        return await TryEnqueueAsync(id, queued, stored.Manifest)
            ? queued.Manifest
            : ImageProblems.CompletionUnavailable();
    }

    private Problem? WrongSize(ImageManifest declared, OriginalHead upload) =>
        upload.Bytes > options.Value.MaxBytes ? ImageProblems.UploadTooLarge(options.Value.MaxBytes, upload.Bytes)
        : upload.Bytes != declared.Source.Bytes ? ImageProblems.UploadSizeMismatch(declared.Source.Bytes, upload.Bytes)
        : null;

    private async Task<Problem> RefuseAsync(ImageId id, Problem problem)
    {
        await removal.RemoveAsync(id, CancellationToken.None);
        return problem;
    }

    private async Task<bool> TryEnqueueAsync(ImageId id, StoredManifest queued, ImageManifest before)
    {
        try
        {
            await jobs.EnqueueAsync(id, CancellationToken.None);
            return true;
        }
        catch (Exception e)
        {
            // As if it had not been completed, so that completing it again queues the job.
            LogNotQueued(e, id);
            await manifests.TryReplaceAsync(id, queued, before, CancellationToken.None);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The job of image {Id} could not be queued; its upload can be completed again")]
    private partial void LogNotQueued(Exception exception, ImageId id);
}
