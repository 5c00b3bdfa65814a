using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Images.Uploading;

/// <summary>Permission to upload one image directly to storage (the valet key pattern).</summary>
/// <param name="Id">The image's id.</param>
/// <param name="UploadUrl">
/// A URL that permits creating and writing only this blob. The client sends a <c>PUT</c> request with the <c>x-ms-blob-type: BlockBlob</c>
/// header.
/// </param>
/// <param name="ExpiresAt">The UTC time at which the URL expires, in whole seconds.</param>
public sealed record UploadTicket(ImageId Id, Uri UploadUrl, DateTimeOffset ExpiresAt);

/// <summary>
/// Issues upload URLs (<c>POST /api/uploads</c>) and accepts the finished uploads (<c>POST /api/uploads/{id}/complete</c>).
/// </summary>
public sealed partial class DirectUploads(
    ManifestStore manifests,
    OriginalStore originals,
    UploadUrlSigner signer,
    ImageJobQueue jobs,
    ImageRemoval removal,
    IOptions<ImageOptions> options,
    ILogger<DirectUploads> logger)
{
    /// <summary>Checks what the client declares about an upload.</summary>
    /// <returns>Null when the upload may be offered. Otherwise a problem with a pointer, as <see cref="OfferAsync"/> returns it.</returns>
    public static Problem? Check(string contentType, long bytes, ImageOptions limits) =>
        !ImageContentTypes.All.Contains(contentType) ? ImageProblems.UnsupportedContentType(contentType, "/contentType")
        : bytes <= 0 ? ImageProblems.DeclaredSizeInvalid(bytes)
        : bytes > limits.MaxBytes ? ImageProblems.TooLarge(limits.MaxBytes, bytes) with { Pointer = "/bytes" }
        : null;

    /// <summary>
    /// Issues an upload URL for an image of the declared type and size. If an earlier request of the operation has created the image, the
    /// URL is for this image.
    /// </summary>
    /// <returns>
    /// The ticket, or a problem: <c>unsupported-image-type</c> (415), <c>invalid-body</c> (422) or <c>image-too-large</c> (413).
    /// </returns>
    public async Task<Outcome<UploadTicket>> OfferAsync(
        string owner, string contentType, long bytes, Operation operation, CancellationToken cancellationToken)
    {
        var limits = options.Value;
        if (Check(contentType, bytes, limits) is { } problem)
        {
            return problem;
        }

        var id = ImageId.Of(operation);
        var now = operation.StartedAt;
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((now + limits.UploadUrlLifetime).ToUnixTimeSeconds());
        var url = await signer.SignAsync(originals.Blob(id), expiresAt, cancellationToken);
        await originals.EnsureContainerAsync(cancellationToken);
        if (operation.IsRepeated && await manifests.FindAsync(id, cancellationToken) is not null)
        {
            return new UploadTicket(id, url, expiresAt);
        }

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
    /// Checks the uploaded blob and queues its job. If the upload was already completed, only returns the image. An upload that does not
    /// match its declaration is removed. The operation then has an effect, so a repeated request gets the same refusal.
    /// </summary>
    /// <returns>
    /// The image, or a problem: <c>image-not-found</c> (404, also for another customer's image), <c>upload-missing</c> (409),
    /// <c>upload-unreadable</c> (409), <c>upload-size-mismatch</c> (422), <c>image-too-large</c> (413), <c>unsupported-image-type</c> (415) or <c>queue-unavailable</c>
    /// (503).
    /// </returns>
    public async Task<Outcome<ImageManifest>> CompleteAsync(
        string? imageId, string owner, Operation operation, CancellationToken cancellationToken)
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

        OriginalHead? upload;
        try
        {
            upload = await originals.PeekAsync(id, cancellationToken);
        }
        catch (OriginalUnreadableException e)
        {
            // An archived blob can be deleted, but not overwritten, so the client needs a new upload URL.
            return await RefuseAsync(id, operation, ImageProblems.UploadUnreadable(e.Reason));
        }

        if (upload is null)
        {
            return ImageProblems.UploadMissing(id);
        }

        if (WrongSize(stored.Manifest, upload) is { } problem)
        {
            return await RefuseAsync(id, operation, problem);
        }

        if (ImageSignature.Sniff(upload.Head.Span) is not { } contentType)
        {
            return await RefuseAsync(id, operation, ImageProblems.UploadContentUnsupported());
        }

        // The remaining steps ignore the request's cancellation. A cancellation between them would leave a manifest with the status
        // "queued" but no message in the queue, and the image would have to wait for the hourly sweep.
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
            // Another request has completed the upload or deleted the image since the manifest was read, so the current state is returned.
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

    private async Task<Problem> RefuseAsync(ImageId id, Operation operation, Problem problem)
    {
        operation.MarkAsActed();
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
            // The previous status is restored, so that completing the upload again queues the job.
            LogNotQueued(e, id);
            await manifests.TryReplaceAsync(id, queued, before, CancellationToken.None);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The job for image {Id} could not be queued; the upload can be completed again")]
    private partial void LogNotQueued(Exception exception, ImageId id);
}
