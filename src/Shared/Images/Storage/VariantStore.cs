using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ServerlessScale.Shared.Images.Storage;

/// <summary>A variant that was opened for reading.</summary>
/// <param name="Content">A seekable stream, which the caller disposes.</param>
/// <param name="ETag">The ETag in quotes, as in the HTTP header.</param>
/// <param name="LastModified">The time of the last write in UTC.</param>
/// <param name="ContentType">The media type, e.g. <c>image/webp</c>.</param>
public sealed record StoredVariant(Stream Content, string ETag, DateTimeOffset LastModified, string ContentType);

/// <summary>Stores variants in the <c>variants</c> container. Each variant has one blob, <c>{id}/{width}.{format}</c>.</summary>
public sealed class VariantStore(BlobServiceClient blobs)
{
    /// <summary>
    /// The <c>Cache-Control</c> value for every variant. It lets caches store a variant for a year without revalidation, because a
    /// variant's content never changes.
    /// </summary>
    public const string CacheControl = "public, max-age=31536000, immutable";

    private readonly BlobContainerClient _container = blobs.GetBlobContainerClient("variants");

    /// <summary>Stores a variant. Overwrites the variant that an earlier attempt stored.</summary>
    public async Task PutAsync(ImageId id, VariantName name, byte[] content, CancellationToken cancellationToken) =>
        await _container.CreatingIfMissingAsync(
            () => Blob(id, name).UploadAsync(
                new MemoryStream(content, writable: false),
                new BlobUploadOptions
                {
                    HttpHeaders = new BlobHttpHeaders
                    {
                        ContentType = name.ContentType,
                        CacheControl = CacheControl,
                    },
                },
                cancellationToken),
            cancellationToken);

    /// <summary>
    /// Opens a variant with one request to storage. If <paramref name="wholeIsWanted"/> is true, this request downloads the content.
    /// Otherwise, it reads only the properties, and the first read from the stream downloads the content from the current position. HEAD,
    /// 304 and range responses therefore transfer no more data than they need.
    /// </summary>
    /// <returns>The opened variant. Null when the variant does not exist.</returns>
    public Task<StoredVariant?> OpenAsync(ImageId id, VariantName name, bool wholeIsWanted, CancellationToken cancellationToken) =>
        OpenBlobAsync(Blob(id, name), wholeIsWanted, cancellationToken);

    /// <inheritdoc cref="OpenAsync"/>
    internal static async Task<StoredVariant?> OpenBlobAsync(BlobClient blob, bool wholeIsWanted, CancellationToken cancellationToken)
    {
        try
        {
            if (wholeIsWanted)
            {
                var download = (await blob.DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
                var details = download.Details;
                return new StoredVariant(
                    new BlobReadStream(blob, details.ETag, details.ContentLength, download.Content),
                    details.ETag.ToString("H"),
                    details.LastModified,
                    details.ContentType);
            }

            var properties = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
            return new StoredVariant(
                new BlobReadStream(blob, properties.ETag, properties.ContentLength, opened: null),
                properties.ETag.ToString("H"),
                properties.LastModified,
                properties.ContentType);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Deletes all variants of an image.</summary>
    public async Task DeleteAllAsync(ImageId id, CancellationToken cancellationToken)
    {
        var deletions = new List<Task>();
        await foreach (var item in _container.ListIfPresentAsync(id.Value + "/", BlobTraits.None, cancellationToken))
        {
            deletions.Add(_container.DeleteBlobIfExistsAsync(item.Name, cancellationToken: cancellationToken));
        }

        await Task.WhenAll(deletions);
    }

    private BlobClient Blob(ImageId id, VariantName name) => _container.GetBlobClient($"{id}/{name}");
}
