using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Shared.Images.Storage;

/// <summary>An original that was just stored.</summary>
/// <param name="ETag">The blob's ETag, which changes when the blob is overwritten.</param>
/// <param name="Bytes">The size of the blob in bytes.</param>
public sealed record StoredOriginal(ETag ETag, long Bytes);

/// <summary>The properties and first bytes of a stored original, which are checked when its upload is completed.</summary>
/// <param name="ETag">The blob's ETag, which changes when the blob is overwritten.</param>
/// <param name="Bytes">The size of the blob in bytes.</param>
/// <param name="Head">The first <see cref="ImageSignature.Length"/> bytes, or all bytes of a shorter blob.</param>
public sealed record OriginalHead(ETag ETag, long Bytes, ReadOnlyMemory<byte> Head);

/// <summary>The result of downloading an original.</summary>
public enum OriginalDownload
{
    Complete,

    /// <summary>The blob does not exist.</summary>
    Missing,

    /// <summary>The blob was overwritten or archived after the upload was accepted.</summary>
    Changed,
}

/// <summary>
/// An original cannot be read because of the headers with which its uploader stored it. An upload URL permits these headers.
/// </summary>
/// <param name="reason"><c>archived</c> or <c>encrypted</c>.</param>
/// <param name="innerException">The response of storage.</param>
public sealed class OriginalUnreadableException(string reason, Exception innerException)
    : Exception($"The original cannot be read because it is {reason}.", innerException)
{
    public string Reason { get; } = reason;

    internal static string? ReasonOf(RequestFailedException failure) => failure.ErrorCode switch
    {
        "BlobArchived" or "BlobBeingRehydrated" => "archived",
        "BlobUsesCustomerSpecifiedEncryption" => "encrypted",
        _ => null,
    };
}

/// <summary>
/// Stores originals in the private <c>uploads</c> container. Each image has one blob, which is named after the image's id and contains the
/// uploaded file unchanged, including its metadata.
/// </summary>
public sealed class OriginalStore(BlobServiceClient blobs)
{
    /// <summary>
    /// The size of each of the two buffers that an upload uses. One buffer receives data from the client while the other buffer is sent to
    /// storage, so an upload takes up 2 MiB of memory, regardless of its size.
    /// </summary>
    private const int BlockBytes = 1024 * 1024;

    private readonly BlobContainerClient _container = blobs.GetBlobContainerClient("uploads");
    private volatile bool _containerSeen;

    /// <summary>Returns a client for the blob, e.g. to sign an upload URL.</summary>
    public BlobClient Blob(ImageId id) => _container.GetBlobClient(id.Value);

    /// <summary>
    /// Creates the container if it does not exist, because an upload with a signed URL cannot create it. Each process sends this request
    /// only once.
    /// </summary>
    public async Task EnsureContainerAsync(CancellationToken cancellationToken)
    {
        if (!_containerSeen)
        {
            await _container.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellationToken);
            _containerSeen = true;
        }
    }

    /// <summary>
    /// Streams <paramref name="head"/> and then <paramref name="body"/> into the blob. The blob becomes visible only when it is completely
    /// stored. When this method throws or returns null, the caller must call <see cref="DiscardAsync"/>.
    /// </summary>
    /// <remarks>
    /// When cancelled, this method stops reading the body but does not cancel requests to storage, because storage could still carry out a
    /// cancelled request after <see cref="DiscardAsync"/> has run. <c>BlobClient.UploadAsync</c> is not suitable, because it cannot send a
    /// small body of unknown length in one request and cannot repeat the first block after creating the container.
    /// </remarks>
    /// <returns>The stored original. Null when the image is larger than <paramref name="maxBytes"/>.</returns>
    public async Task<StoredOriginal?> WriteAsync(
        ImageId id, string contentType, ReadOnlyMemory<byte> head, Stream body, long maxBytes, CancellationToken cancellationToken)
    {
        var blob = _container.GetBlockBlobClient(id.Value);
        var headers = new BlobHttpHeaders { ContentType = contentType };
        var blocks = new List<string>();
        var filling = ArrayPool<byte>.Shared.Rent(BlockBytes);
        var staging = ArrayPool<byte>.Shared.Rent(BlockBytes);
        var staged = Task.CompletedTask;
        try
        {
            head.CopyTo(filling);
            var filled = head.Length;
            for (long total = 0; ;)
            {
                filled += await body.ReadAtLeastAsync(
                    filling.AsMemory(filled, BlockBytes - filled), BlockBytes - filled, throwOnEndOfStream: false, cancellationToken);
                total += filled;
                if (total > maxBytes)
                {
                    return null;
                }

                var last = filled < BlockBytes;
                if (last && blocks.Count == 0)
                {
                    return new StoredOriginal(await PutAsync(blob, filling, filled, headers), total);
                }

                await staged;
                if (filled > 0)
                {
                    blocks.Add(BlockId(blocks.Count));
                    (filling, staging) = (staging, filling);
                    staged = StageAsync(blob, blocks[^1], staging, filled);
                    filled = 0;
                }

                if (last)
                {
                    await staged;
                    var committed = await blob.CommitBlockListAsync(
                        blocks, new CommitBlockListOptions { HttpHeaders = headers }, CancellationToken.None);
                    return new StoredOriginal(committed.Value.ETag, total);
                }
            }
        }
        finally
        {
            // A request that is still running uses its buffer, so the buffers are returned only after the request has ended. An exception
            // that the request throws is ignored, because either another exception is already being thrown or the upload is being rejected.
            await staged.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(filling);
            ArrayPool<byte>.Shared.Return(staging);
        }
    }

    /// <summary>
    /// Removes the blob and the uncommitted blocks of an interrupted <see cref="WriteAsync"/>. Deleting a blob does not delete its
    /// uncommitted blocks, which storage retains for a week. An empty block list is therefore committed first.
    /// </summary>
    public async Task DiscardAsync(ImageId id, CancellationToken cancellationToken)
    {
        var blob = _container.GetBlockBlobClient(id.Value);
        try
        {
            await blob.CommitBlockListAsync([], cancellationToken: cancellationToken);
            await blob.DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            // No block was stored, so there is nothing to remove.
        }
    }

    /// <returns>The size, ETag and first bytes of the blob. Null when the blob does not exist or is overwritten during this call.</returns>
    /// <exception cref="OriginalUnreadableException">The uploader has stored the blob so that it cannot be read.</exception>
    public async Task<OriginalHead?> PeekAsync(ImageId id, CancellationToken cancellationToken)
    {
        var blob = Blob(id);
        try
        {
            var properties = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
            if (properties.ContentLength == 0)
            {
                return new OriginalHead(properties.ETag, 0, default);
            }

            var content = await blob.DownloadContentAsync(
                new BlobDownloadOptions
                {
                    Range = new HttpRange(0, ImageSignature.Length),
                    Conditions = new BlobRequestConditions { IfMatch = properties.ETag },
                },
                cancellationToken);
            return new OriginalHead(properties.ETag, properties.ContentLength, content.Value.Content.ToMemory());
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return null;
        }
        catch (RequestFailedException e) when (OriginalUnreadableException.ReasonOf(e) is { } reason)
        {
            throw new OriginalUnreadableException(reason, e);
        }
    }

    /// <summary>Copies the original of an accepted upload to <paramref name="destination"/>, if it was not overwritten since.</summary>
    /// <exception cref="InvalidOperationException">The upload was not accepted, so the manifest contains no ETag.</exception>
    public Task<OriginalDownload> DownloadAsync(ImageId id, ImageManifest manifest, Stream destination, CancellationToken cancellationToken) =>
        DownloadAsync(
            id,
            new ETag(manifest.SourceETag ?? throw new InvalidOperationException($"The manifest of image {id} contains no ETag.")),
            destination,
            cancellationToken);

    /// <summary>Copies the blob to <paramref name="destination"/>, if its ETag is still <paramref name="etag"/>.</summary>
    public async Task<OriginalDownload> DownloadAsync(ImageId id, ETag etag, Stream destination, CancellationToken cancellationToken)
    {
        try
        {
            await Blob(id).DownloadToAsync(
                destination,
                new BlobDownloadToOptions { Conditions = new BlobRequestConditions { IfMatch = etag } },
                cancellationToken);
            return OriginalDownload.Complete;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            // If-Match also fails with 412 when the blob does not exist.
            return await Blob(id).ExistsAsync(cancellationToken) ? OriginalDownload.Changed : OriginalDownload.Missing;
        }
        catch (RequestFailedException e) when (OriginalUnreadableException.ReasonOf(e) is not null)
        {
            // The original was readable when it was accepted, so its uploader has changed it since.
            return OriginalDownload.Changed;
        }
    }

    public Task DeleteAsync(ImageId id, CancellationToken cancellationToken) =>
        Blob(id).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>Lists the originals whose ids start with <paramref name="prefix"/>, sorted by id.</summary>
    internal async IAsyncEnumerable<(ImageId Id, DateTimeOffset ChangedAt)> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in _container.ListIfPresentAsync(prefix, BlobTraits.None, cancellationToken))
        {
            if (ImageId.TryParse(blob.Name, out var id))
            {
                yield return (id, blob.Properties.LastModified ?? DateTimeOffset.MaxValue);
            }
        }
    }

    private async Task<ETag> PutAsync(BlockBlobClient blob, byte[] buffer, int count, BlobHttpHeaders headers)
    {
        var put = await _container.CreatingIfMissingAsync(
            () => blob.UploadAsync(
                new MemoryStream(buffer, 0, count, writable: false),
                new BlobUploadOptions { HttpHeaders = headers },
                CancellationToken.None),
            CancellationToken.None);
        return put.Value.ETag;
    }

    private async Task StageAsync(BlockBlobClient blob, string block, byte[] buffer, int count) =>
        await _container.CreatingIfMissingAsync(
            () => blob.StageBlockAsync(
                block, new MemoryStream(buffer, 0, count, writable: false), cancellationToken: CancellationToken.None),
            CancellationToken.None);

    private static string BlockId(int index)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, index);
        return Convert.ToBase64String(bytes);
    }
}
