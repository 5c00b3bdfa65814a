using System.Globalization;
using System.Net;
using Microsoft.Azure.Cosmos;

namespace ServerlessScale.Shared.Storage;

/// <summary>Interprets the responses of Cosmos DB for all stores.</summary>
internal static class CosmosResponses
{
    private const int ReadSessionNotAvailable = 1002;
    private const string SubStatusHeader = "x-ms-substatus";

    /// <summary>
    /// Returns whether the item is missing. Cosmos DB also responds with 404 when the region is behind the session (substatus 1002) and when
    /// the container or the database is missing (substatus 1003), so only substatus 0 means that the item does not exist.
    /// </summary>
    /// <remarks>Source: https://learn.microsoft.com/azure/cosmos-db/nosql/troubleshoot-not-found</remarks>
    public static bool IsMissing(HttpStatusCode status, Headers headers) =>
        status == HttpStatusCode.NotFound && SubStatusOf(headers) == 0;

    public static bool IsMissing(CosmosException exception) =>
        exception is { StatusCode: HttpStatusCode.NotFound, SubStatusCode: 0 };

    /// <summary>Returns whether the region or the replicas that were queried are behind the session.</summary>
    public static bool IsBehind(CosmosException exception) =>
        exception is { StatusCode: HttpStatusCode.NotFound, SubStatusCode: ReadSessionNotAvailable };

    public static Exception Failure(TransactionalBatchResponse response)
    {
        // The constructor takes no diagnostics, so the message contains them. They name the regions and replicas that were contacted.
        var exception = new CosmosException(
            $"{response.ErrorMessage} Diagnostics: {response.Diagnostics}",
            response.StatusCode,
            SubStatusOf(response.Headers),
            response.ActivityId,
            response.RequestCharge);
        return IsBehind(exception) ? new ConsistencyNotReachedException(exception) : exception;
    }

    /// <summary>
    /// Reads an item in a transactional batch, because the primary replica in the write region serves all batches. The read therefore
    /// reflects every write that completed before the call.
    /// </summary>
    /// <returns>The item, its entity tag and the session; null when the item does not exist.</returns>
    public static async Task<(T Item, string ETag, string Session)?> ReadAtPrimaryAsync<T>(
        Container container, PartitionKey partition, string id, CancellationToken cancellationToken)
    {
        using var response = await container.CreateTransactionalBatch(partition).ReadItem(id).ExecuteAsync(cancellationToken);
        if (IsMissing(response.StatusCode, response.Headers))
        {
            return null;
        }

        if (!response.IsSuccessStatusCode)
        {
            throw Failure(response);
        }

        var read = response.GetOperationResultAtIndex<T>(0);
        return (read.Resource, read.ETag, response.Headers.Session);
    }

    /// <summary>Reads an item that does not exist, to find out whether Cosmos DB responds and the container exists.</summary>
    /// <exception cref="CosmosException">Cosmos DB responded with an error.</exception>
    public static async Task PingAsync(Container container, PartitionKey nowhere, CancellationToken cancellationToken)
    {
        using var response = await container.ReadItemStreamAsync("health", nowhere, cancellationToken: cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound || response.Headers[SubStatusHeader] is not (null or "0"))
        {
            response.EnsureSuccessStatusCode();
        }
    }

    private static int SubStatusOf(Headers headers) =>
        int.TryParse(headers[SubStatusHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var subStatus) ? subStatus : 0;
}
