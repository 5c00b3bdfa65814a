using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Cart;

/// <summary>What a cart may hold: whatever can be ordered at once.</summary>
public static class CartRules
{
    /// <returns>
    /// The cart with the line as it is to be, at its old place or the end, or a 422: <c>sku-invalid</c>, <c>order-limit</c>,
    /// <c>invalid-body</c>, <c>currency-unknown</c>, <c>currency-mismatch</c>, <c>cart-full</c>, <c>total-overflow</c>.
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
        if ((OrderRules.CheckCurrency(currency) ?? OrderRules.CheckAmounts(line, place: "")) is { } problem)
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
