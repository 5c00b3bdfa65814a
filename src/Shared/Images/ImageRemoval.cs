using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Images;

/// <summary>
/// Removes an image so that nothing is left behind, wherever it is interrupted: the manifest goes first, which a running job
/// notices at its last step, and the original goes last, by which <see cref="ImageSweep"/> finds what an interruption has left.
/// </summary>
public sealed class ImageRemoval(ManifestStore manifests, OriginalStore originals, VariantStore variants)
{
    /// <summary>Long enough for a storage account that is slow, short enough for a host that is stopping.</summary>
    private static readonly TimeSpan UndoTime = TimeSpan.FromSeconds(10);

    /// <summary><c>DELETE /api/images/{id}</c>. Once begun it is seen to its end, whether or not the client waits.</summary>
    /// <returns>Null when it is deleted; <c>image-not-found</c> 404 when there is none, or it is another customer's.</returns>
    public async Task<Problem?> DeleteAsync(string? imageId, string owner, CancellationToken cancellationToken) =>
        ImageId.TryParse(imageId, out var id)
        && await manifests.FindAsync(id, cancellationToken) is { } stored
        && stored.Manifest.Owner == owner
        && await RemoveAsync(id, CancellationToken.None)
            ? null
            : ImageProblems.ImageNotFound(imageId);

    /// <returns>False when there was no manifest; blobs without one are removed all the same.</returns>
    public async Task<bool> RemoveAsync(ImageId id, CancellationToken cancellationToken)
    {
        var existed = await manifests.DeleteAsync(id, cancellationToken);
        await RemoveBlobsAsync(id, cancellationToken);
        return existed;
    }

    /// <summary>Removes the variants and the original, not the manifest.</summary>
    public async Task RemoveBlobsAsync(ImageId id, CancellationToken cancellationToken)
    {
        await variants.DeleteAllAsync(id, cancellationToken);
        await originals.DeleteAsync(id, cancellationToken);
    }

    /// <summary>
    /// Takes back an upload that was not accepted, staged blocks included. It has a time limit of its own, since the reason is
    /// often that the request's token was cancelled.
    /// </summary>
    public async Task UndoUploadAsync(ImageId id)
    {
        using var limit = new CancellationTokenSource(UndoTime);
        await manifests.DeleteAsync(id, limit.Token);
        await originals.DiscardAsync(id, limit.Token);
    }
}
