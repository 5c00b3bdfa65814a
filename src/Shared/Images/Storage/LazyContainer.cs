using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ServerlessScale.Shared.Images.Storage;

internal static class LazyContainer
{
    /// <summary>
    /// Runs a write and, when the container is not there yet, creates it and runs the write once more: the first write of a new
    /// deployment pays for it, not every start. <paramref name="write"/> must be repeatable.
    /// </summary>
    internal static async Task<T> CreatingIfMissingAsync<T>(
        this BlobContainerClient container, Func<Task<T>> write, CancellationToken cancellationToken)
    {
        try
        {
            return await write();
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await container.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellationToken);
            return await write();
        }
    }
}
