using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Catalogue.Stores;

/// <summary>
/// Applies the request's <see cref="StorageWait"/> to a store whose client library has no short time limit. In gateway mode, the Cosmos DB
/// library waits at least 65 seconds for a response.
/// </summary>
public sealed class LimitedProductStore(IProductStore store) : IProductStore
{
    public Task<StoredProduct?> FindAsync(string sku, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.FindAsync(sku, limited), cancellationToken);

    public Task<IReadOnlyDictionary<string, Product>> FindManyAsync(IEnumerable<string> skus, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.FindManyAsync(skus, limited), cancellationToken);

    public Task<ProductPage> ListAsync(string? after, int limit, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.ListAsync(after, limit, limited), cancellationToken);

    public Task<bool> TryAddAsync(Product product, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.TryAddAsync(product, limited), cancellationToken);

    public Task<bool> TryReplaceAsync(StoredProduct read, Product changed, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.TryReplaceAsync(read, changed, limited), cancellationToken);

    public Task<bool> TryRemoveAsync(StoredProduct read, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.TryRemoveAsync(read, limited), cancellationToken);
}
