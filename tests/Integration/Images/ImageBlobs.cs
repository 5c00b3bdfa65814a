using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ServerlessScale.Tests.Integration.Images;

internal static class ImageBlobs
{
    /// <summary>Lists the names of all image blobs, e.g. <c>uploads/{id}</c>, including blobs that have only uncommitted blocks.</summary>
    public static async Task<string[]> ListAsync(BlobServiceClient blobs, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        foreach (var name in (string[])["uploads", "manifests", "variants"])
        {
            var container = blobs.GetBlobContainerClient(name);
            if (await container.ExistsAsync(cancellationToken))
            {
                await foreach (var blob in container.GetBlobsAsync(
                    new GetBlobsOptions { States = BlobStates.Uncommitted }, cancellationToken))
                {
                    names.Add($"{name}/{blob.Name}");
                }
            }
        }

        return [.. names];
    }
}
