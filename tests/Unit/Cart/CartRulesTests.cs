using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Unit.Cart;

public sealed class CartRulesTests
{
    [Fact]
    public void New_cart_lines_are_appended_and_changed_lines_keep_their_position()
    {
        var cart = Set(Set(ShoppingCart.Empty, "b", 1), "a", 2);
        Assert.Equal([("b", 1L), ("a", 2L)], cart.Lines.Select(line => (line.Sku, line.Quantity)));

        cart = Set(cart, "b", 5);
        Assert.Equal([("b", 5L), ("a", 2L)], cart.Lines.Select(line => (line.Sku, line.Quantity)));

        cart = Set(Set(cart, "b", 0), "unknown", 0);
        Assert.Equal([("a", 2L)], cart.Lines.Select(line => (line.Sku, line.Quantity)));
        Assert.Equal("EUR", cart.Currency);

        Assert.Null(Set(cart, "a", 0).Currency);
    }

    [Fact]
    public void SKUs_are_case_sensitive() => Assert.Equal(2, Set(Set(ShoppingCart.Empty, "a", 1), "A", 1).Lines.Count);

    [Fact]
    public void A_cart_has_at_most_a_hundred_lines()
    {
        var cart = Enumerable.Range(0, OrderRules.MaxLines).Aggregate(ShoppingCart.Empty, (filled, i) => Set(filled, $"sku-{i}", 1));

        Assert.Equal("cart-full", CartRules.SetLine(cart, "one-more", Change(1)).Problem?.Code);
        Assert.Equal(OrderRules.MaxLines, Set(cart, "sku-7", 3).Lines.Count);
        Assert.Equal(OrderRules.MaxLines, Set(Set(cart, "sku-7", 0), "one-more", 1).Lines.Count);
    }

    [Fact]
    public void The_maximum_cart_total_is_the_largest_exact_JSON_integer()
    {
        var cart = Set(ShoppingCart.Empty, "a", 9_007, 1_000_000_000_000);

        Assert.Equal("total-overflow", CartRules.SetLine(cart, "b", Change(1, 199_254_740_992)).Problem?.Code);
        Assert.Equal(OrderRules.MaxTotal, CartView.Of(Set(cart, "b", 1, 199_254_740_991)).Total);
    }

    [Fact]
    public void A_cart_that_reaches_every_limit_can_be_ordered()
    {
        var cart = Enumerable.Range(0, OrderRules.MaxLines).Aggregate(
            ShoppingCart.Empty, (filled, i) => Set(filled, $"{i}".PadLeft(Sku.MaxLength, '0'), OrderRules.MaxQuantity, 90_000_000));

        Assert.Null(OrderRules.Check(new OrderRequest { Currency = cart.Currency!, Lines = cart.Lines }));
        Assert.NotNull(OrderRules.TotalOf(cart.Lines));
    }

    private static ShoppingCart Set(ShoppingCart cart, string sku, long quantity, long unitPrice = 10) =>
        CartRules.SetLine(cart, sku, Change(quantity, unitPrice)).Value!;

    private static CartLineChange Change(long quantity, long unitPrice = 10) =>
        new() { Quantity = quantity, UnitPrice = unitPrice, Currency = "EUR" };
}
