using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Images.Storage;

/// <summary>Reads the status and the variants of an image. Any client may read them, regardless of who owns the image.</summary>
public sealed class ImageQueries(ManifestStore manifests, VariantStore variants)
{
    /// <returns>
    /// The manifest, or a 404 <c>image-not-found</c> problem. An image that is still awaiting its upload is treated as not found.
    /// </returns>
    public async Task<Outcome<StoredManifest>> FindAsync(string? imageId, CancellationToken cancellationToken) =>
        ImageId.TryParse(imageId, out var id)
        && await manifests.FindAsync(id, cancellationToken) is { Manifest.Status: not ImageStatus.AwaitingUpload } stored
            ? stored
            : ImageProblems.ImageNotFound(imageId);

    /// <inheritdoc cref="VariantStore.OpenAsync"/>
    /// <param name="imageId">The id in the URL.</param>
    /// <param name="file">The file name in the URL, e.g. <c>960.webp</c>.</param>
    /// <returns>
    /// The variant, or a 404 problem: <c>image-not-found</c>, <c>image-not-ready</c>, <c>image-failed</c> with the reason, or
    /// <c>variant-not-found</c> with the list of existing variants.
    /// </returns>
    public async Task<Outcome<StoredVariant>> OpenVariantAsync(
        string? imageId, string file, bool wholeIsWanted, CancellationToken cancellationToken)
    {
        if (!ImageId.TryParse(imageId, out var id))
        {
            return ImageProblems.ImageNotFound(imageId);
        }

        var wellFormed = VariantName.TryParse(file, out var name);
        if (wellFormed && await variants.OpenAsync(id, name, wholeIsWanted, cancellationToken) is { } variant)
        {
            return variant;
        }

        if (!(await FindAsync(imageId, cancellationToken)).Succeeded(out var stored, out var problem))
        {
            return problem;
        }

        // The variant may have been stored after the first attempt to open it.
        return wellFormed
            && stored.Manifest.VariantNames().Contains(name)
            && await variants.OpenAsync(id, name, wholeIsWanted, cancellationToken) is { } late
                ? late
                : ImageProblems.VariantNotFound(file, stored.Manifest);
    }
}
