using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Images.Storage;

/// <summary>
/// Removes all blobs of an image in an order that tolerates interruptions. The manifest is deleted first, because a running job that finds
/// its manifest missing removes the variants that it has written. The original is deleted last, because an original without a manifest
/// tells the hourly sweep that a removal was interrupted.
/// </summary>
public sealed class ImageRemoval(ManifestStore manifests, OriginalStore originals, VariantStore variants)
{
    /// <summary>
    /// The time limit for <see cref="UndoUploadAsync"/>. It is long enough for a slow storage account and short enough for the removal to
    /// finish while the host shuts down.
    /// </summary>
    private static readonly TimeSpan UndoTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Deletes an image for its owner. Once the removal has begun, it continues even if the client disconnects.</summary>
    /// <returns>
    /// Null on success; a 404 <c>image-not-found</c> problem when the image does not exist or belongs to another customer.
    /// </returns>
    public async Task<Problem?> DeleteAsync(string? imageId, string owner, CancellationToken cancellationToken) =>
        ImageId.TryParse(imageId, out var id)
        && await manifests.FindAsync(id, cancellationToken) is { } stored
        && stored.Manifest.Owner == owner
        && await RemoveAsync(id, CancellationToken.None)
            ? null
            : ImageProblems.ImageNotFound(imageId);

    /// <summary>Removes the manifest, the variants and the original.</summary>
    /// <returns>False when there was no manifest. The other blobs are removed even in that case.</returns>
    public async Task<bool> RemoveAsync(ImageId id, CancellationToken cancellationToken)
    {
        var existed = await manifests.DeleteAsync(id, cancellationToken);
        await RemoveBlobsAsync(id, cancellationToken);
        return existed;
    }

    /// <summary>Removes the variants and the original but not the manifest.</summary>
    public async Task RemoveBlobsAsync(ImageId id, CancellationToken cancellationToken)
    {
        await variants.DeleteAllAsync(id, cancellationToken);
        await originals.DeleteAsync(id, cancellationToken);
    }

    /// <summary>
    /// Removes an upload that was not accepted, including its uncommitted blocks. The method has its own timeout instead of a cancellation
    /// token, because the request's token is often already cancelled.
    /// </summary>
    public async Task UndoUploadAsync(ImageId id)
    {
        using var limit = new CancellationTokenSource(UndoTimeout);
        await manifests.DeleteAsync(id, limit.Token);
        await originals.DiscardAsync(id, limit.Token);
    }
}
