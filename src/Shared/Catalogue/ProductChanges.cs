using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Catalogue;

/// <param name="IsNew">Whether the write created the product.</param>
public sealed record WrittenProduct(Product Product, bool IsNew);

/// <summary>Creates, changes and deletes products if the client knows their current state.</summary>
public sealed class ProductChanges(IProductStore store, TimeProvider time)
{
    /// <param name="expected">
    /// The opaque part of the entity tag in <c>If-Match</c>. Null when the product must not exist yet.
    /// </param>
    /// <returns>
    /// The product, or a problem: any problem from <see cref="ProductRules.Check"/>, or a 412 <c>product-exists</c> or
    /// <c>product-changed</c> problem.
    /// </returns>
    public async Task<Outcome<WrittenProduct>> PutAsync(
        string sku, string? expected, ProductChange change, CancellationToken cancellationToken)
    {
        if (ProductRules.Check(sku, change) is { } problem)
        {
            return problem;
        }

        var product = new Product
        {
            Sku = sku,
            Name = change.Name,
            Description = change.Description,
            Price = change.Price,
            Currency = change.Currency,
            ImageId = change.ImageId,
            Active = change.Active,
            UpdatedAt = WholeMilliseconds.Of(time.GetUtcNow()),
            ChangeId = Guid.NewGuid(),
        };
        if (expected is null)
        {
            return await store.TryAddAsync(product, cancellationToken) || await IsStoredAsync(product, cancellationToken)
                ? new WrittenProduct(product, IsNew: true)
                : ProductProblems.Exists();
        }

        return await store.FindAsync(sku, cancellationToken) is { } read
            && read.Product.Version == expected
            && (await store.TryReplaceAsync(read, product, cancellationToken) || await IsStoredAsync(product, cancellationToken))
                ? new WrittenProduct(product, IsNew: false)
                : ProductProblems.Changed();
    }

    /// <param name="expected">The opaque part of the entity tag in <c>If-Match</c>.</param>
    /// <returns>
    /// Null on success. Otherwise a problem: <c>product-not-found</c> (404) or <c>product-changed</c> (412).
    /// </returns>
    public async Task<Problem?> DeleteAsync(string sku, string expected, CancellationToken cancellationToken)
    {
        if (!Sku.IsValid(sku) || await store.FindAsync(sku, cancellationToken) is not { } read)
        {
            return ProductProblems.NotFound();
        }

        // If the removal fails but the product is gone, the client library may have repeated a removal whose response was lost. Another
        // client that deleted the same version has the same result.
        return read.Product.Version == expected
            && (await store.TryRemoveAsync(read, cancellationToken) || await store.FindAsync(sku, cancellationToken) is null)
                ? null
                : ProductProblems.Changed();
    }

    /// <summary>Returns whether a write that the store rejected had succeeded before the client library repeated it.</summary>
    private async Task<bool> IsStoredAsync(Product product, CancellationToken cancellationToken) =>
        await store.FindAsync(product.Sku, cancellationToken) is { } stored && stored.Product.ChangeId == product.ChangeId;
}
