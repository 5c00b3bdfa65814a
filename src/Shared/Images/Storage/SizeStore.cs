using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ServerlessScale.Shared.Images.Storage;

/// <summary>An exclusive right to make a size. It ends after <see cref="SizeStore.ClaimLifetime"/>.</summary>
/// <param name="Id">The image.</param>
/// <param name="Size">The size to make.</param>
/// <param name="ETag">The ETag of the empty blob.</param>
public sealed record SizeClaim(ImageId Id, ImageSize Size, ETag ETag);

/// <summary>
/// Stores sizes next to the variants in the <c>variants</c> container, one blob <c>{id}/{name}</c> each. An empty blob is the claim of an
/// instance that makes the size. The instance writes the size into this blob only if nobody has replaced or deleted the blob. A size is
/// therefore made by one instance at a time, and cannot appear after the image's blobs were deleted.
/// </summary>
public sealed class SizeStore(BlobServiceClient blobs)
{
    /// <summary>
    /// The age at which another instance may replace a claim. Its holder was killed, because a holder stops earlier.
    /// </summary>
    public static readonly TimeSpan ClaimLifetime = TimeSpan.FromSeconds(60);

    private readonly BlobContainerClient _container = blobs.GetBlobContainerClient("variants");

    /// <inheritdoc cref="VariantStore.OpenAsync"/>
    /// <returns>The size. Null when it is not stored, even if it is claimed.</returns>
    public async Task<StoredVariant?> OpenAsync(ImageId id, ImageSize size, bool wholeIsWanted, CancellationToken cancellationToken)
    {
        var opened = await VariantStore.OpenBlobAsync(Blob(id, size), wholeIsWanted, cancellationToken);
        if (opened is not { Content.Length: 0 })
        {
            return opened;
        }

        await opened.Content.DisposeAsync();
        return null;
    }

    /// <summary>Claims a size that is neither stored nor claimed by an instance that may still be alive.</summary>
    /// <returns>The claim. Null when the size is stored, or claimed by another instance.</returns>
    public async Task<SizeClaim?> TryClaimAsync(ImageId id, ImageSize size, CancellationToken cancellationToken)
    {
        if (await TryWriteAsync(id, size, [], new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken) is { } created)
        {
            return new SizeClaim(id, size, created);
        }

        try
        {
            var response = await Blob(id, size).GetPropertiesAsync(cancellationToken: cancellationToken);
            var blob = response.Value;

            // Both times are from the storage service, so the clock of this instance does not matter.
            var age = (response.GetRawResponse().Headers.Date ?? blob.LastModified) - blob.LastModified;
            return blob.ContentLength == 0 && age > ClaimLifetime
                && await TryWriteAsync(id, size, [], new BlobRequestConditions { IfMatch = blob.ETag }, cancellationToken) is { } replaced
                    ? new SizeClaim(id, size, replaced)
                    : null;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Stores the claimed size.</summary>
    /// <returns>False when the claim has ended: another instance has replaced it, or the image was deleted.</returns>
    public async Task<bool> StoreAsync(SizeClaim claim, byte[] content, CancellationToken cancellationToken) =>
        await TryWriteAsync(claim.Id, claim.Size, content, new BlobRequestConditions { IfMatch = claim.ETag }, cancellationToken) is not null;

    /// <summary>Ends a claim whose size was not stored.</summary>
    public async Task ReleaseAsync(SizeClaim claim, CancellationToken cancellationToken)
    {
        try
        {
            await Blob(claim.Id, claim.Size).DeleteAsync(
                conditions: new BlobRequestConditions { IfMatch = claim.ETag }, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            // The claim has already ended.
        }
    }

    /// <summary>Returns the number of sizes of an image that are stored or claimed.</summary>
    public async Task<int> CountAsync(ImageId id, CancellationToken cancellationToken)
    {
        var prefix = id.Value + "/";
        var count = 0;
        await foreach (var item in _container.ListIfPresentAsync(prefix, BlobTraits.None, cancellationToken))
        {
            count += ImageSize.TryParse(item.Name[prefix.Length..], out _) ? 1 : 0;
        }

        return count;
    }

    private BlobClient Blob(ImageId id, ImageSize size) => _container.GetBlobClient($"{id}/{size}");

    private async Task<ETag?> TryWriteAsync(
        ImageId id, ImageSize size, byte[] content, BlobRequestConditions conditions, CancellationToken cancellationToken)
    {
        try
        {
            var written = await Blob(id, size).UploadAsync(
                new MemoryStream(content, writable: false),
                new BlobUploadOptions
                {
                    Conditions = conditions,
                    HttpHeaders = new BlobHttpHeaders { ContentType = size.ContentType, CacheControl = VariantStore.CacheControl },
                },
                cancellationToken);
            return written.Value.ETag;
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412 || e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }
}
