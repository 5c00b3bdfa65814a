using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ServerlessScale.Shared.Images.Storage;

/// <summary>A manifest with the ETag of the version that was read or written.</summary>
/// <param name="Manifest">The content.</param>
/// <param name="ETag">The ETag of the manifest's blob, which changes with every write.</param>
public sealed record StoredManifest(ImageManifest Manifest, ETag ETag);

/// <summary>The data about a manifest that a listing returns without reading the manifest itself.</summary>
public sealed record ManifestSummary(ImageId Id, ImageStatus Status, DateTimeOffset ChangedAt);

/// <summary>Stores manifests in the <c>manifests</c> container. Each image has one blob, <c>{id}.json</c>.</summary>
public sealed class ManifestStore(BlobServiceClient blobs)
{
    private const string Extension = ".json";

    /// <summary>
    /// The name of the blob metadata entry that duplicates the status. With this entry, a listing shows which images are unfinished.
    /// </summary>
    private const string StatusKey = "status";

    private readonly BlobContainerClient _container = blobs.GetBlobContainerClient("manifests");

    /// <returns>The manifest. Null when the image has no manifest.</returns>
    public async Task<StoredManifest?> FindAsync(ImageId id, CancellationToken cancellationToken)
    {
        try
        {
            var blob = (await Blob(id).DownloadContentAsync(cancellationToken)).Value;
            return new StoredManifest(
                JsonSerializer.Deserialize(blob.Content.ToMemory().Span, ManifestJson.Default.ImageManifest)
                    ?? throw new JsonException($"The manifest of {id} is null."),
                blob.Details.ETag);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    public async Task<StoredManifest> CreateAsync(ImageId id, ImageManifest manifest, CancellationToken cancellationToken) =>
        await _container.CreatingIfMissingAsync(
            () => WriteAsync(id, manifest, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken), cancellationToken);

    /// <summary>
    /// Replaces <paramref name="current"/> with <paramref name="manifest"/>. If the response to the write is lost, the storage client repeats
    /// the write, which then finds the ETag of the first write. In that case, the stored manifest is equal, and the write was successful.
    /// </summary>
    /// <returns>
    /// The stored manifest. Null when the manifest was changed or deleted after <paramref name="current"/> was read. Nothing is written in
    /// that case.
    /// </returns>
    public async Task<StoredManifest?> TryReplaceAsync(
        ImageId id, StoredManifest current, ImageManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(id, manifest, new BlobRequestConditions { IfMatch = current.ETag }, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return await FindAsync(id, cancellationToken) is { } stored && Bytes(stored.Manifest).AsSpan().SequenceEqual(Bytes(manifest)) ? stored : null;
        }
    }

    /// <returns>False when there was no manifest.</returns>
    public async Task<bool> DeleteAsync(ImageId id, CancellationToken cancellationToken) =>
        (await Blob(id).DeleteIfExistsAsync(cancellationToken: cancellationToken)).Value;

    /// <summary>Lists the manifests whose ids start with <paramref name="prefix"/>, sorted by id.</summary>
    internal async IAsyncEnumerable<ManifestSummary> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in _container.ListIfPresentAsync(prefix, BlobTraits.Metadata, cancellationToken))
        {
            if (blob.Name.EndsWith(Extension, StringComparison.Ordinal)
                && ImageId.TryParse(blob.Name[..^Extension.Length], out var id)
                && blob.Metadata.TryGetValue(StatusKey, out var text)
                && Enum.TryParse<ImageStatus>(text, out var status))
            {
                yield return new ManifestSummary(id, status, blob.Properties.LastModified ?? DateTimeOffset.MaxValue);
            }
        }
    }

    private static byte[] Bytes(ImageManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.ImageManifest);

    private BlobClient Blob(ImageId id) => _container.GetBlobClient(id.Value + Extension);

    private async Task<StoredManifest> WriteAsync(
        ImageId id, ImageManifest manifest, BlobRequestConditions conditions, CancellationToken cancellationToken)
    {
        var written = await Blob(id).UploadAsync(
            new BinaryData(Bytes(manifest)),
            new BlobUploadOptions
            {
                Conditions = conditions,
                HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" },
                Metadata = new Dictionary<string, string> { [StatusKey] = manifest.Status.ToString() },
            },
            cancellationToken);
        return new StoredManifest(manifest, written.Value.ETag);
    }
}

/// <summary>
/// Serializes manifests as JSON with camelCase names and without null members. Unknown members, which a newer version may have added, are
/// ignored.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
