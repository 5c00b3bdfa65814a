using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// Gives the lines of an order the prices of the catalogue. All prices are read in one round trip, and from the store instead of the edge's
/// cache, so that an outdated copy never determines the price of an order.
/// </summary>
public sealed class OrderPricing(IProductStore products)
{
    /// <param name="request">A request that <see cref="OrderRules.Check(OrderRequest)"/> has accepted.</param>
    /// <returns>
    /// The lines with their prices, or a problem: <c>sku-unknown</c>, <c>sku-inactive</c>, <c>currency-mismatch</c> or
    /// <c>total-overflow</c> (422), or <c>price-changed</c> (409).
    /// </returns>
    public async Task<Outcome<PricedOrder>> PriceAsync(OrderRequest request, CancellationToken cancellationToken)
    {
        var found = await products.FindManyAsync(request.Lines.Select(line => line.Sku), cancellationToken);
        var lines = new List<OrderLine>(request.Lines.Count);
        string? currency = null;
        foreach (var (index, line) in request.Lines.Index())
        {
            var place = OrderRules.PlaceOf(index);
            if (!Find(found, line.Sku, $"{place}/sku").Succeeded(out var product, out var problem))
            {
                return problem;
            }

            if (request.Currency is { } expected && expected != product.Currency)
            {
                return OrderProblems.CurrencyMismatch(product.Currency, "/currency");
            }

            currency ??= product.Currency;
            if (product.Currency != currency)
            {
                return OrderProblems.CurrencyMismatch(currency, $"{place}/sku");
            }

            if (line.UnitPrice is { } price && price != product.Price)
            {
                return OrderProblems.PriceChanged(price, product.Price, $"{place}/unitPrice");
            }

            lines.Add(new OrderLine { Sku = line.Sku, Quantity = line.Quantity, UnitPrice = product.Price });
        }

        return OrderRules.TotalOf(lines) is null ? OrderProblems.TotalOverflow() : new PricedOrder { Currency = currency!, Lines = lines };
    }

    /// <param name="pointer">The location of the SKU in the request.</param>
    /// <returns>The product, or a 422 problem: <c>sku-unknown</c> or <c>sku-inactive</c>.</returns>
    internal static Outcome<Product> Find(IReadOnlyDictionary<string, Product> found, string sku, string pointer) =>
        found.GetValueOrDefault(sku) is not { } product ? OrderProblems.SkuUnknown(sku, pointer)
        : product.Active ? product
        : OrderProblems.SkuInactive(sku, pointer);
}
