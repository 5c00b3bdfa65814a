using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ServerlessScale.Shared.Images.Storage;

internal static class BlobListing
{
    /// <summary>The container's blobs in ascending order of names; none while the container does not exist.</summary>
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
