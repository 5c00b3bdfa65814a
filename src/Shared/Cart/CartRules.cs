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
    public required long Quantity { get; init; }

    /// <summary>The price of one unit, in minor units of <see cref="Currency"/>. Required unless the line is removed.</summary>
    public long? UnitPrice { get; init; }

    /// <summary>The ISO 4217 alphabetic code, which must be the same for all lines. Required unless the line is removed.</summary>
    public string? Currency { get; init; }
}

/// <summary>
/// Changes the lines of a cart and enforces its limits. A cart has the same limits as an order, so every cart that is not empty can be
/// ordered.
/// </summary>
public static class CartRules
{
    /// <summary>Adds, changes or removes a line. A changed line keeps its position, and a new line is appended.</summary>
    /// <returns>
    /// The changed cart, or a 422 problem: <c>sku-invalid</c>, <c>order-limit</c>, <c>invalid-body</c>, <c>currency-unknown</c>,
    /// <c>currency-mismatch</c>, <c>cart-full</c> or <c>total-overflow</c>.
    /// </returns>
    public static Outcome<ShoppingCart> SetLine(ShoppingCart cart, string sku, CartLineChange change)
    {
        if (OrderRules.CheckSku(sku, "sku") is { } problem)
        {
            return problem;
        }

        var index = cart.Lines.TakeWhile(line => line.Sku != sku).Count();
        return change.Quantity == 0 ? Without(cart, index) : With(cart, index, sku, change);
    }

    private static ShoppingCart Without(ShoppingCart cart, int index)
    {
        OrderLine[] lines = [.. cart.Lines.Where((_, place) => place != index)];
        return cart with { Lines = lines, Currency = lines is [] ? null : cart.Currency };
    }

    private static Outcome<ShoppingCart> With(ShoppingCart cart, int index, string sku, CartLineChange change)
    {
        if (change.UnitPrice is not { } unitPrice)
        {
            return CartProblems.Missing("unitPrice");
        }

        if (change.Currency is not { } currency)
        {
            return CartProblems.Missing("currency");
        }

        var line = new OrderLine { Sku = sku, Quantity = change.Quantity, UnitPrice = unitPrice };
        if ((Currencies.Check(currency) ?? OrderRules.CheckAmounts(line, place: "")) is { } problem)
        {
            return problem;
        }

        if (cart.Currency is { } present && present != currency && cart.Lines.Any(other => other.Sku != sku))
        {
            return CartProblems.CurrencyMismatch(present);
        }

        OrderLine[] lines = [.. cart.Lines.Take(index), line, .. cart.Lines.Skip(index + 1)];
        if (lines.Length > OrderRules.MaxLines)
        {
            return CartProblems.Full();
        }

        return OrderRules.TotalOf(lines) is null
            ? OrderProblems.TotalOverflow() with { Pointer = null }
            : cart with { Lines = lines, Currency = currency };
    }
}
