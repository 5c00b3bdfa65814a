using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Unit.Cart;

public sealed class CartRulesTests
{
    [Fact]
    public void A_line_is_added_at_the_end_replaced_in_place_and_removed()
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
    public void Skus_that_differ_in_case_are_two() => Assert.Equal(2, Set(Set(ShoppingCart.Empty, "a", 1), "A", 1).Lines.Count);

    [Fact]
    public void The_hundredth_line_fits_and_no_other()
    {
        var cart = Enumerable.Range(0, OrderRules.MaxLines).Aggregate(ShoppingCart.Empty, (filled, i) => Set(filled, $"sku-{i}", 1));

        Assert.Equal("cart-full", CartRules.SetLine(cart, "one-more", Change(1)).Problem?.Code);
        Assert.Equal(OrderRules.MaxLines, Set(cart, "sku-7", 3).Lines.Count);
        Assert.Equal(OrderRules.MaxLines, Set(Set(cart, "sku-7", 0), "one-more", 1).Lines.Count);
    }

    [Fact]
    public void A_total_that_json_cannot_carry_is_refused_and_one_less_is_not()
    {
        var cart = Set(ShoppingCart.Empty, "a", 9_007, 1_000_000_000_000);

        Assert.Equal("total-overflow", CartRules.SetLine(cart, "b", Change(1, 199_254_740_992)).Problem?.Code);
        Assert.Equal(OrderRules.MaxTotal, CartView.Of(Set(cart, "b", 1, 199_254_740_991)).Total);
    }

    [Fact]
    public void Every_cart_that_the_rules_let_through_can_be_ordered()
    {
        var cart = Enumerable.Range(0, OrderRules.MaxLines).Aggregate(
            ShoppingCart.Empty, (filled, i) => Set(filled, $"{i}".PadLeft(OrderRules.MaxSkuLength, '0'), OrderRules.MaxQuantity, 90_000_000));

        Assert.Null(OrderRules.Check(new OrderRequest { Currency = cart.Currency!, Lines = cart.Lines }));
        Assert.NotNull(OrderRules.TotalOf(cart.Lines));
    }

    private static ShoppingCart Set(ShoppingCart cart, string sku, long quantity, long unitPrice = 10) =>
        CartRules.SetLine(cart, sku, Change(quantity, unitPrice)).Value!;

    private static CartLineChange Change(long quantity, long unitPrice = 10) =>
        new() { Quantity = quantity, UnitPrice = unitPrice, Currency = "EUR" };
}
