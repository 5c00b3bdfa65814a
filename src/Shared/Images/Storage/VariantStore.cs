using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Shared.Images.Storage;

/// <param name="Content">Seekable; the caller disposes of it.</param>
/// <param name="ETag">Quoted, as in a header.</param>
/// <param name="LastModified">UTC.</param>
/// <param name="ContentType">e.g. <c>image/webp</c>.</param>
public sealed record StoredVariant(Stream Content, string ETag, DateTimeOffset LastModified, string ContentType);

/// <summary>Container <c>variants</c>, one blob <c>{id}/{width}.{format}</c> a variant; its name and bytes never change.</summary>
public sealed class VariantStore(BlobServiceClient blobs)
{
    /// <summary>For a year, which caches take for ever: another image has another id.</summary>
    public const string CacheControl = "public, max-age=31536000, immutable";

    private readonly BlobContainerClient _container = blobs.GetBlobContainerClient("variants");

    /// <summary>Stores the first <paramref name="count"/> bytes of <paramref name="buffer"/>, over what an earlier attempt has left.</summary>
    public async Task PutAsync(ImageId id, VariantName name, byte[] buffer, int count, CancellationToken cancellationToken) =>
        await _container.CreatingIfMissingAsync(
            () => Blob(id, name).UploadAsync(
                new MemoryStream(buffer, 0, count, writable: false),
                new BlobUploadOptions
                {
                    HttpHeaders = new BlobHttpHeaders
                    {
                        ContentType = RenderedVariant.ContentTypeOf(name.Format),
                        CacheControl = CacheControl,
                    },
                },
                cancellationToken),
            cancellationToken);

    /// <summary>
    /// Opens a variant in one request to storage. With <paramref name="wholeIsWanted"/> the same request brings the bytes;
    /// otherwise they are fetched on the first read, from the position sought to, so that HEAD, 304 and ranges move no more than
    /// they need.
    /// </summary>
    /// <returns>Null when there is no such variant.</returns>
    public async Task<StoredVariant?> OpenAsync(
        ImageId id, VariantName name, bool wholeIsWanted, CancellationToken cancellationToken)
    {
        var blob = Blob(id, name);
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

    /// <summary>Deletes whatever there is for <paramref name="id"/>.</summary>
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
