using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ServerlessScale.Shared.Images.Storage;

internal static class BlobContainerExtensions
{
    /// <summary>
    /// Runs a write operation. If the container does not exist, creates the container and runs the write again. The app therefore need not
    /// check for the container when it starts.
    /// </summary>
    /// <param name="container">The container that <paramref name="write"/> writes to.</param>
    /// <param name="write">The write operation. It must be safe to run twice.</param>
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

    /// <summary>
    /// Lists the container's blobs in ascending order of their names. The list is empty when the container does not exist.
    /// </summary>
    internal static async IAsyncEnumerable<BlobItem> ListIfPresentAsync(
        this BlobContainerClient container,
        string prefix,
        BlobTraits traits,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var items = container
            .GetBlobsAsync(new GetBlobsOptions { Prefix = prefix, Traits = traits }, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await items.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                yield break;
            }

            yield return items.Current;
        }
    }
}
