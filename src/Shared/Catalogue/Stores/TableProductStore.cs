using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Catalogue.Stores;

/// <summary>
/// Stores products in the <c>Products</c> table. Each product is a partition with one row, so that the limit of 2,000 entities per second
/// for a partition applies to a single product instead of the catalogue. Table Storage is strongly consistent.
/// </summary>
public sealed class TableProductStore : IProductStore
{
    private const string Row = "product";
    private const string ProductColumn = "Product";

    private readonly Table _table;
    private readonly SharedReads _shared;

    public TableProductStore(TableServiceClient tables)
    {
        _table = new(tables, "Products");
        _shared = new(async sku => (await FindAsync(sku, CancellationToken.None))?.Product);
    }

    public async Task<StoredProduct?> FindAsync(string sku, CancellationToken cancellationToken) =>
        await _table.FindAsync(sku, Row, cancellationToken) is { } row ? new StoredProduct(Read(row), row.ETag.ToString()) : null;

    /// <summary>
    /// Reads the rows in parallel. A single query that combines the keys with <c>or</c> would be slower, because the service scans a whole
    /// partition or table for such a filter; see docs/decisions.md.
    /// </summary>
    public Task<IReadOnlyDictionary<string, Product>> FindManyAsync(IEnumerable<string> skus, CancellationToken cancellationToken) =>
        _shared.FindManyAsync(skus, cancellationToken);

    public async Task<ProductPage> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        var products = new List<Product>(limit);
        var filter = TableClient.CreateQueryFilter($"PartitionKey gt {after ?? ""} and RowKey eq {Row}");
        await foreach (var page in _table.PagesAsync(filter, limit + 1, [ProductColumn], cancellationToken))
        {
            foreach (var row in page.Values)
            {
                if (products.Count == limit)
                {
                    return new ProductPage(products, HasMore: true);
                }

                products.Add(Read(row));
            }
        }

        return new ProductPage(products, HasMore: false);
    }

    public Task<bool> TryAddAsync(Product product, CancellationToken cancellationToken) => _table.TryAddAsync(RowOf(product), cancellationToken);

    public Task<bool> TryReplaceAsync(StoredProduct read, Product changed, CancellationToken cancellationToken) =>
        _table.TryReplaceAsync(RowOf(changed), new ETag(read.StoreETag), cancellationToken);

    public Task<bool> TryRemoveAsync(StoredProduct read, CancellationToken cancellationToken) =>
        _table.TryDeleteAsync(read.Product.Sku, Row, new ETag(read.StoreETag), cancellationToken);

    private static TableEntity RowOf(Product product) => new(product.Sku, Row)
    {
        [ProductColumn] = JsonSerializer.Serialize(product, ProductJson.Default.Product),
    };

    private static Product Read(TableEntity row) =>
        JsonSerializer.Deserialize(row.GetString(ProductColumn), ProductJson.Default.Product)
        ?? throw new InvalidDataException($"Row {row.PartitionKey} in the Products table cannot be read.");
}
