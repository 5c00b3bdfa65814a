using System.Net;
using Microsoft.Azure.Cosmos;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Catalogue.Stores;

/// <summary>
/// Stores products in Cosmos DB for NoSQL. Each product is a logical partition, whose key is the SKU. A read of one product is served by the
/// primary replica in the write region. Reads of many products and listings have session consistency.
/// </summary>
public sealed class CosmosProductStore : IProductStore
{
    private static readonly ItemRequestOptions WithoutContent = new() { EnableContentResponseOnWrite = false };

    private readonly CosmosProductContainer _products;
    private readonly SharedReads _shared;

    public CosmosProductStore(CosmosAccount account)
    {
        _products = new(account);
        _shared = new(ReadAsync);
    }

    public async Task<StoredProduct?> FindAsync(string sku, CancellationToken cancellationToken) =>
        await CosmosResponses.ReadAtPrimaryAsync<CosmosProduct>(
            await _products.GetAsync(cancellationToken), new PartitionKey(sku), sku, cancellationToken) is var (item, etag, _)
            ? new StoredProduct(item.Content, etag)
            : null;

    /// <summary>
    /// Reads the items in parallel. <c>ReadManyItemsAsync</c> would need two round trips, because outside Windows the client library first
    /// requests a query plan; see docs/decisions.md.
    /// </summary>
    public Task<IReadOnlyDictionary<string, Product>> FindManyAsync(IEnumerable<string> skus, CancellationToken cancellationToken) =>
        _shared.FindManyAsync(skus, cancellationToken);

    public async Task<ProductPage> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        var container = await _products.GetAsync(cancellationToken);
        var query = new QueryDefinition("SELECT * FROM c WHERE c.id > @after ORDER BY c.id").WithParameter("@after", after ?? "");
        using var pages = container.GetItemQueryIterator<CosmosProduct>(
            query,
            // Avoids a separate request for the query plan while the container has only one physical partition.
            requestOptions: new QueryRequestOptions { MaxItemCount = limit + 1, EnableOptimisticDirectExecution = true });
        var found = new List<Product>(limit + 1);
        while (pages.HasMoreResults && found.Count <= limit)
        {
            found.AddRange((await CurrentAsync(() => pages.ReadNextAsync(cancellationToken))).Select(item => item.Content));
        }

        return new ProductPage([.. found.Take(limit)], found.Count > limit);
    }

    public Task<bool> TryAddAsync(Product product, CancellationToken cancellationToken) => TryWriteAsync(
        container => container.CreateItemAsync(CosmosProduct.Of(product), new PartitionKey(product.Sku), WithoutContent, cancellationToken),
        cancellationToken);

    public Task<bool> TryReplaceAsync(StoredProduct read, Product changed, CancellationToken cancellationToken) => TryWriteAsync(
        container => container.ReplaceItemAsync(
            CosmosProduct.Of(changed), changed.Sku, new PartitionKey(changed.Sku), Unchanged(read), cancellationToken),
        cancellationToken);

    public Task<bool> TryRemoveAsync(StoredProduct read, CancellationToken cancellationToken)
    {
        var sku = read.Product.Sku;
        return TryWriteAsync(
            container => container.DeleteItemAsync<CosmosProduct>(sku, new PartitionKey(sku), Unchanged(read), cancellationToken),
            cancellationToken);
    }

    private static ItemRequestOptions Unchanged(StoredProduct read) =>
        new() { EnableContentResponseOnWrite = false, IfMatchEtag = read.StoreETag };

    private static async Task<T> CurrentAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (CosmosException e) when (CosmosResponses.IsBehind(e))
        {
            throw new ConsistencyNotReachedException(e);
        }
    }

    private async Task<Product?> ReadAsync(string sku)
    {
        var container = await _products.GetAsync(CancellationToken.None);
        try
        {
            return (await CurrentAsync(() => container.ReadItemAsync<CosmosProduct>(sku, new PartitionKey(sku)))).Resource.Content;
        }
        catch (CosmosException e) when (CosmosResponses.IsMissing(e))
        {
            return null;
        }
    }

    private async Task<bool> TryWriteAsync(Func<Container, Task<ItemResponse<CosmosProduct>>> write, CancellationToken cancellationToken)
    {
        var container = await _products.GetAsync(cancellationToken);
        try
        {
            await CurrentAsync(() => write(container));
            return true;
        }
        catch (CosmosException e) when (e.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed || CosmosResponses.IsMissing(e))
        {
            return false;
        }
    }
}
