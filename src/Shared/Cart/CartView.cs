using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Shared.Cart;

/// <summary>A cart as it is returned to clients, with the current prices of the catalogue.</summary>
public sealed record CartView
{
    /// <summary>The currency of the first line that can be ordered. Omitted from the JSON when there is no such line.</summary>
    public string? Currency { get; init; }

    /// <summary>
    /// The sum of quantity times unit price over the lines that can be ordered, in minor units. Omitted from the JSON when prices have risen
    /// so much that the sum exceeds the limit of an order.
    /// </summary>
    public long? Total { get; init; }

    public required IReadOnlyList<CartLineView> Lines { get; init; }

    public static CartView Of(ShoppingCart cart, IReadOnlyDictionary<string, Product> products)
    {
        string? currency = null;
        var lines = new List<CartLineView>(cart.Lines.Count);
        foreach (var line in cart.Lines)
        {
            var problem = OrderPricing.Find(products, line.Sku, pointer: "").Succeeded(out var product, out var unavailable)
                ? product.Currency == (currency ??= product.Currency) ? null : OrderProblems.CurrencyMismatch(currency, pointer: "")
                : unavailable;
            lines.Add(new CartLineView
            {
                Sku = line.Sku,
                Quantity = line.Quantity,
                UnitPrice = problem is null ? product!.Price : null,
                Unavailable = problem?.Code,
            });
        }

        return new CartView
        {
            Currency = currency,
            Total = OrderRules.TotalOf(lines.Where(line => line.UnitPrice is not null).Select(line => line.ToOrderLine())),
            Lines = lines,
        };
    }
}

/// <summary>A line of a <see cref="CartView"/>.</summary>
public sealed record CartLineView
{
    public required string Sku { get; init; }

    public required long Quantity { get; init; }

    /// <summary>The current price of one unit, in minor units. Omitted from the JSON when the line cannot be ordered.</summary>
    public long? UnitPrice { get; init; }

    /// <summary>
    /// The code of the problem that the checkout reports for this line: <c>sku-unknown</c>, <c>sku-inactive</c> or
    /// <c>currency-mismatch</c>. Omitted from the JSON when the line can be ordered.
    /// </summary>
    public string? Unavailable { get; init; }

    internal OrderLine ToOrderLine() => new() { Sku = Sku, Quantity = Quantity, UnitPrice = UnitPrice!.Value };
}
