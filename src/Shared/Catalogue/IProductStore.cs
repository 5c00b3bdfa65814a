namespace ServerlessScale.Shared.Catalogue;

/// <summary>
/// A store of products, keyed by SKU. An implementation lets its client library retry failed requests, and never waits without a time limit.
/// When the store is unavailable or throttles requests, its methods throw the exceptions of the client library.
/// </summary>
public interface IProductStore
{
    /// <summary>Finds a product. The read reflects every write that completed before the call.</summary>
    Task<StoredProduct?> FindAsync(string sku, CancellationToken cancellationToken);

    /// <summary>
    /// Finds several products in one round trip: the requests to the store do not wait for each other. Concurrent calls share the reads of the
    /// same product. In a store with replicas, the replica that serves the read might lack the newest writes of other instances.
    /// </summary>
    /// <param name="skus">Valid SKUs. A repeated SKU is read once.</param>
    /// <returns>The products by SKU, without those that do not exist.</returns>
    Task<IReadOnlyDictionary<string, Product>> FindManyAsync(IEnumerable<string> skus, CancellationToken cancellationToken);

    /// <summary>Lists products in the ordinal order of their SKUs, with the same consistency as <see cref="FindManyAsync"/>.</summary>
    /// <param name="after">The last SKU of the previous page. Null for the first page.</param>
    /// <param name="limit">The maximum number of products on the page.</param>
    Task<ProductPage> ListAsync(string? after, int limit, CancellationToken cancellationToken);

    /// <returns>False when the product exists. Nothing is written in that case.</returns>
    Task<bool> TryAddAsync(Product product, CancellationToken cancellationToken);

    /// <returns>False when the product has changed since it was read. Nothing is written in that case.</returns>
    Task<bool> TryReplaceAsync(StoredProduct read, Product changed, CancellationToken cancellationToken);

    /// <returns>False when the product has changed since it was read. Nothing is removed in that case.</returns>
    Task<bool> TryRemoveAsync(StoredProduct read, CancellationToken cancellationToken);
}

/// <param name="StoreETag">The entity tag that the store assigned to the product, used for conditional writes.</param>
public sealed record StoredProduct(Product Product, string StoreETag);

/// <param name="HasMore">Whether the store has products after the products on this page.</param>
public sealed record ProductPage(IReadOnlyList<Product> Products, bool HasMore);
