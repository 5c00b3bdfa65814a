using System.ComponentModel.DataAnnotations;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// The requested state of a cart line. It is the body of <c>PUT /api/cart/lines/{sku}</c>, and <see cref="CartRules"/> validates it.
/// </summary>
public sealed record CartLineChange
{
    /// <summary>The new quantity. A quantity of 0 removes the line.</summary>
    [Range(0, OrderRules.MaxQuantity)]
    public required long Quantity { get; init; }

    /// <summary>The price of one unit that the client expects, in minor units; null to accept the price in the catalogue.</summary>
    [Range(0, OrderRules.MaxUnitPrice)]
    public long? UnitPrice { get; init; }

    /// <summary>The currency that the client expects; null to accept the currency in the catalogue.</summary>
    [RegularExpression(Currencies.Pattern)]
    public string? Currency { get; init; }
}

/// <summary>
/// Changes the lines of a cart and enforces its limits. A cart has the same limits as an order, so every cart that is not empty can be
/// ordered until the catalogue changes.
/// </summary>
public static class CartRules
{
    /// <summary>Checks the parts of a change that depend neither on the cart nor on the catalogue.</summary>
    /// <returns>
    /// Null when the change is valid. Otherwise a 422 problem: <c>sku-invalid</c>, <c>order-limit</c> or <c>currency-unknown</c>.
    /// </returns>
    public static Problem? Check(string sku, CartLineChange change) =>
        OrderRules.CheckSku(sku, "sku")
        ?? (change.Quantity == 0
            ? null
            : (change.Currency is { } currency ? Currencies.Check(currency) : null)
                ?? OrderRules.CheckAmounts(change.Quantity, change.UnitPrice, place: ""));

    /// <summary>Adds, changes or removes a line. A changed line keeps its position, and a new line is appended.</summary>
    /// <param name="change">A change that <see cref="Check"/> has accepted.</param>
    /// <param name="products">The products of the cart and of the changed line, without those that do not exist.</param>
    /// <returns>
    /// The changed cart, or a problem: <c>sku-unknown</c>, <c>sku-inactive</c>, <c>currency-mismatch</c>, <c>cart-full</c> or
    /// <c>total-overflow</c> (422), or <c>price-changed</c> (409).
    /// </returns>
    public static Outcome<ShoppingCart> SetLine(
        ShoppingCart cart, string sku, CartLineChange change, IReadOnlyDictionary<string, Product> products)
    {
        var index = cart.Lines.TakeWhile(line => line.Sku != sku).Count();
        return change.Quantity == 0
            ? cart with { Lines = [.. cart.Lines.Where((_, place) => place != index)] }
            : With(cart, index, sku, change, products);
    }

    private static Outcome<ShoppingCart> With(
        ShoppingCart cart, int index, string sku, CartLineChange change, IReadOnlyDictionary<string, Product> products)
    {
        if (!OrderPricing.Find(products, sku, "sku").Succeeded(out var product, out var problem))
        {
            return problem;
        }

        if (change.Currency is { } expected && expected != product.Currency)
        {
            return OrderProblems.CurrencyMismatch(product.Currency, "/currency");
        }

        if (change.UnitPrice is { } price && price != product.Price)
        {
            return OrderProblems.PriceChanged(price, product.Price, "/unitPrice");
        }

        var others = CartView.Of(cart with { Lines = [.. cart.Lines.Where((_, place) => place != index)] }, products);
        if (others.Currency is { } present && present != product.Currency)
        {
            return CartProblems.CurrencyMismatch(present);
        }

        CartLine[] lines = [.. cart.Lines.Take(index), new(sku, change.Quantity), .. cart.Lines.Skip(index + 1)];
        if (lines.Length > OrderRules.MaxLines)
        {
            return CartProblems.Full();
        }

        var changed = cart with { Lines = lines };
        return CartView.Of(changed, products).Total is null ? OrderProblems.TotalOverflow() with { Pointer = null } : changed;
    }
}
