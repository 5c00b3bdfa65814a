using System.Text.Json;
using ServerlessScale.Shared.Paging;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Catalogue;

/// <param name="NextCursor">The cursor for the next page. Null on the last page.</param>
public sealed record ProductListing(IReadOnlyList<Product> Products, string? NextCursor);

/// <summary>Reads the catalogue for clients.</summary>
public sealed class ProductQueries(IProductStore store, TokenSigner signer)
{
    private const string CursorPurpose = "product-cursor";

    /// <returns>The product, or a 404 <c>product-not-found</c> problem.</returns>
    public async Task<Outcome<Product>> FindAsync(string sku, CancellationToken cancellationToken) =>
        Sku.IsValid(sku) && await store.FindAsync(sku, cancellationToken) is { Product: var product }
            ? product
            : ProductProblems.NotFound();

    /// <param name="limit">The parameter exactly as the client sent it; null when it was not sent.</param>
    /// <param name="cursor">The parameter exactly as the client sent it; null when it was not sent.</param>
    /// <returns>A page in the order of the SKUs, or a 400 problem: <c>limit-invalid</c> or <c>cursor-invalid</c>.</returns>
    public async Task<Outcome<ProductListing>> ListAsync(string? limit, string? cursor, CancellationToken cancellationToken)
    {
        if (!PageLimit.TryParse(limit, out var most, out var problem))
        {
            return problem;
        }

        string? after = null;
        if (cursor is not null)
        {
            if (!signer.TryRead(CursorPurpose, cursor, out var content))
            {
                return PageProblems.CursorInvalid();
            }

            after = JsonSerializer.Deserialize(content, ProductJson.Default.ProductCursor)?.Last;
        }

        var page = await store.ListAsync(after, most, cancellationToken);
        return new ProductListing(page.Products, page.HasMore ? CursorAfter(page.Products[^1].Sku) : null);
    }

    private string CursorAfter(string sku) => signer.Sign(
        CursorPurpose, JsonSerializer.SerializeToUtf8Bytes(new ProductCursor(sku), ProductJson.Default.ProductCursor));
}
