using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Images.Uploading;

/// <summary>An image that a client sends through the app.</summary>
public sealed record ImageUpload
{
    /// <summary>The customer who uploads the image.</summary>
    public required string Owner { get; init; }

    /// <summary>The Content-Type header. Null when the client did not send it.</summary>
    public string? ContentType { get; init; }

    /// <summary>The Content-Length header. Null when the length of the body is unknown.</summary>
    public long? ContentLength { get; init; }

    public required Stream Body { get; init; }

    /// <summary>The operation of the request. By default, the request is an operation of its own.</summary>
    public Operation Operation { get; init; } = Operation.Unrecorded(TimeProvider.System);
}

/// <summary>Streams uploaded images into storage and queues their jobs (<c>POST /api/images</c>).</summary>
public sealed partial class ImageUploads(
    ManifestStore manifests,
    OriginalStore originals,
    ImageJobQueue jobs,
    ImageRemoval removal,
    IOptions<ImageOptions> options,
    TimeProvider time,
    ILogger<ImageUploads> logger)
{
    /// <summary>
    /// Stores the original, stores its manifest, and queues the job. Because of this order, every manifest has an original and every job
    /// has a manifest. If a step fails, or if the client disconnects before the last step, everything that was stored is removed. If an
    /// earlier request of the operation has stored the manifest, this request only queues the job again.
    /// </summary>
    /// <remarks>
    /// Each request stores its original under a new id, and notes this id and the digest of the body before it stores the manifest. Two
    /// requests of one operation therefore never write the same blob, and an original without a manifest is removed by the hourly sweep.
    /// </remarks>
    /// <param name="upload">The upload, whose body has not been read yet.</param>
    /// <param name="cancellationToken">
    /// Cancels reading the body. It is also checked between the steps, but a step that writes to storage always runs to completion.
    /// </param>
    /// <returns>
    /// The queued image, or a problem: <c>image-too-large</c> (413), <c>unsupported-image-type</c> (415), <c>empty-body</c> (400) or
    /// <c>queue-unavailable</c> (503). With an idempotency key also <c>idempotency-key-reused</c> (422), if an earlier request of the
    /// operation had another body.
    /// </returns>
    public async Task<Outcome<ImageManifest>> AcceptAsync(ImageUpload upload, CancellationToken cancellationToken)
    {
        var maxBytes = Math.Min(options.Value.MaxPostedBytes, options.Value.MaxBytes);
        if (upload.ContentLength > maxBytes)
        {
            return ImageProblems.PostedTooLarge(options.Value, upload.ContentLength);
        }

        if (upload.ContentType is { } claimed && !MayHoldAnImage(claimed))
        {
            return ImageProblems.UnsupportedContentType(claimed, "Content-Type");
        }

        if (await FindEarlierAsync(upload.Operation, cancellationToken) is { } earlier)
        {
            return await BodyDigest.MatchesAsync(upload.Body, upload.Operation.StoredBodyDigest!, cancellationToken)
                ? await FinishAsync(earlier)
                : IdempotencyProblems.KeyReused();
        }

        var started = time.GetTimestamp();
        using var digest = new BodyDigest();
        var body = upload.Operation.IsRecorded ? digest.Reading(upload.Body) : upload.Body;
        var head = new byte[ImageSignature.Length];
        var headLength = await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        if (headLength == 0)
        {
            return ImageProblems.EmptyBody();
        }

        if (ImageSignature.Sniff(head.AsSpan(0, headLength)) is not { } contentType)
        {
            return ImageProblems.UnsupportedContent();
        }

        var id = ImageId.New();
        try
        {
            var stored = await originals.WriteAsync(
                id, contentType, head.AsMemory(0, headLength), body, maxBytes, cancellationToken);
            if (stored is null)
            {
                await UndoAsync(id);
                return ImageProblems.PostedTooLarge(options.Value, null);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (upload.Operation.StoredBodyDigest is { } known && known != digest.ToString())
            {
                await UndoAsync(id);
                return IdempotencyProblems.KeyReused();
            }

            await upload.Operation.NoteAsync(id.Value, digest.ToString(), CancellationToken.None);
            var manifest = new ImageManifest
            {
                Id = id.Value,
                Owner = upload.Owner,
                Status = ImageStatus.Queued,
                CreatedAt = time.GetUtcNow(),
                Source = new ImageSource(stored.Bytes, contentType),
                SourceETag = stored.ETag.ToString("G"),
                Timings = new ImageTimings { UploadMs = ImageTimings.Milliseconds(time.GetElapsedTime(started)) },
            };
            await manifests.CreateAsync(id, manifest, CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return await TryEnqueueAsync(id) ? manifest : ImageProblems.QueueUnavailable();
        }
        catch
        {
            await UndoAsync(id);
            throw;
        }
    }

    private async Task<ImageManifest?> FindEarlierAsync(Operation operation, CancellationToken cancellationToken) =>
        ImageId.TryParse(operation.Note, out var id) ? (await manifests.FindAsync(id, cancellationToken))?.Manifest : null;

    /// <summary>Queues the job of an image whose earlier request may have been interrupted before this step.</summary>
    private async Task<Outcome<ImageManifest>> FinishAsync(ImageManifest earlier)
    {
        // Without its job, the image stays queued. A second job for the image does no harm, because a job checks the status first.
        return earlier.Status != ImageStatus.Queued || (ImageId.TryParse(earlier.Id, out var id) && await TryEnqueueAsync(id))
            ? earlier
            : ImageProblems.QueueUnavailable();
    }

    private async Task<bool> TryEnqueueAsync(ImageId id)
    {
        try
        {
            await jobs.EnqueueAsync(id, CancellationToken.None);
            return true;
        }
        catch (Exception e)
        {
            LogNotQueued(e, id);
            await UndoAsync(id);
            return false;
        }
    }

    private async Task UndoAsync(ImageId id)
    {
        try
        {
            await removal.UndoUploadAsync(id);
        }
        catch (Exception e)
        {
            // The client still receives the reason why the upload failed. The hourly sweep removes the blobs.
            LogNotUndone(e, id);
        }
    }

    private static bool MayHoldAnImage(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var parsed)
        && parsed.MediaType is { } type
        && (type.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase));

    [LoggerMessage(Level = LogLevel.Error, Message = "The job for image {Id} could not be queued; the upload will be removed")]
    private partial void LogNotQueued(Exception exception, ImageId id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The rejected upload {Id} could not be removed; the hourly sweep will remove it")]
    private partial void LogNotUndone(Exception exception, ImageId id);
}
