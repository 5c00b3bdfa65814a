using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Shared.Images.Storage;

/// <param name="ETag">Of exactly these bytes.</param>
/// <param name="Bytes">Size.</param>
public sealed record StoredOriginal(ETag ETag, long Bytes);

/// <param name="Head">The first <see cref="ImageSignature.Length"/> bytes, or all when there are fewer.</param>
public sealed record OriginalHead(ETag ETag, long Bytes, ReadOnlyMemory<byte> Head);

/// <summary>How downloading an original ended.</summary>
public enum OriginalDownload
{
    Complete,

    /// <summary>The blob is not there.</summary>
    Missing,

    /// <summary>The blob is not the one that was accepted.</summary>
    Changed,
}

/// <summary>Container <c>uploads</c>, private, one blob <c>{id}</c> an image: the bytes as they came, metadata and all.</summary>
public sealed class OriginalStore(BlobServiceClient blobs)
{
    /// <summary>
    /// Two buffers of this size are all the memory that an upload takes: one fills from the client while the other goes to storage.
    /// </summary>
    private const int BlockBytes = 1024 * 1024;

    private readonly BlobContainerClient _container = blobs.GetBlobContainerClient("uploads");
    private volatile bool _containerSeen;

    /// <summary>The client for <paramref name="id"/>'s blob, to sign a URL for it.</summary>
    public BlobClient Blob(ImageId id) => _container.GetBlobClient(id.Value);

    /// <summary>Makes sure that a signed URL has a container to write to; asks storage once a process.</summary>
    public async Task EnsureContainerAsync(CancellationToken cancellationToken)
    {
        if (!_containerSeen)
        {
            await _container.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellationToken);
            _containerSeen = true;
        }
    }

    /// <summary>
    /// Streams <paramref name="head"/> and then <paramref name="body"/> into the blob. Nothing is visible until all of it is
    /// stored. (<c>BlobClient.UploadAsync</c> can neither put a small body of unknown length in one request, nor retry the first
    /// block after creating the container.) After an exception the caller owes <see cref="DiscardAsync"/>.
    /// </summary>
    /// <remarks>
    /// Only reading the body is cancelled. Storage may carry out a request that was given up, after its effects were discarded.
    /// </remarks>
    /// <returns>Null when there are more than <paramref name="maxBytes"/>; the caller owes <see cref="DiscardAsync"/> then.</returns>
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
            // The buffer is storage's until its request has ended; its failure is the one already under way, or is moot.
            await staged.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(filling);
            ArrayPool<byte>.Shared.Return(staging);
        }
    }

    /// <summary>Removes what <see cref="WriteAsync"/> has left: staged blocks, which a delete alone would leave for a week, or the blob.</summary>
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
            // Not even the first block was stored.
        }
    }

    /// <returns>Null when the blob is not there, or is being overwritten at this moment.</returns>
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
    }

    /// <summary>Copies the blob to <paramref name="destination"/> if it still has <paramref name="etag"/>.</summary>
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
            // A precondition on a blob that is not there fails as one on a blob that has changed.
            return await Blob(id).ExistsAsync(cancellationToken) ? OriginalDownload.Changed : OriginalDownload.Missing;
        }
    }

    public Task DeleteAsync(ImageId id, CancellationToken cancellationToken) =>
        Blob(id).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>All originals whose id starts with <paramref name="prefix"/>, in ascending order of ids.</summary>
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
