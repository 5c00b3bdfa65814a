using ServerlessScale.Shared.Catalogue;

namespace ServerlessScale.Tests;

/// <summary>A catalogue in memory that counts its reads.</summary>
internal sealed class MemoryProducts(params IEnumerable<Product> products) : IProductStore
{
    private readonly Dictionary<string, Product> _products = products.ToDictionary(product => product.Sku, StringComparer.Ordinal);

    public int Reads { get; private set; }

    public void Set(Product product) => _products[product.Sku] = product;

    public void Remove(string sku) => _products.Remove(sku);

    public Task<IReadOnlyDictionary<string, Product>> FindManyAsync(IEnumerable<string> skus, CancellationToken cancellationToken)
    {
        Reads++;
        return Task.FromResult<IReadOnlyDictionary<string, Product>>(
            skus.Distinct().Where(_products.ContainsKey).ToDictionary(sku => sku, sku => _products[sku], StringComparer.Ordinal));
    }

    public Task<StoredProduct?> FindAsync(string sku, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ProductPage> ListAsync(string? after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> TryAddAsync(Product product, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> TryReplaceAsync(StoredProduct read, Product changed, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> TryRemoveAsync(StoredProduct read, CancellationToken cancellationToken) => throw new NotSupportedException();
}
