using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Unit.Cart;

public sealed class CartRulesTests
{
    private readonly Dictionary<string, Product> _products = [];

    [Fact]
    public void New_cart_lines_are_appended_and_changed_lines_keep_their_position()
    {
        var cart = Set(Set(ShoppingCart.Empty, "b", 1), "a", 2);
        Assert.Equal(["b*1", "a*2"], LinesOf(cart));

        cart = Set(cart, "b", 5);
        Assert.Equal(["b*5", "a*2"], LinesOf(cart));

        cart = Set(Set(cart, "b", 0), "unknown", 0);
        Assert.Equal(["a*2"], LinesOf(cart));
        Assert.Equal("EUR", View(cart).Currency);

        Assert.Null(View(Set(cart, "a", 0)).Currency);
    }

    [Fact]
    public void SKUs_are_case_sensitive() => Assert.Equal(2, Set(Set(ShoppingCart.Empty, "a", 1), "A", 1).Lines.Count);

    [Fact]
    public void A_cart_has_at_most_a_hundred_lines()
    {
        var cart = Enumerable.Range(0, OrderRules.MaxLines).Aggregate(ShoppingCart.Empty, (filled, i) => Set(filled, $"sku-{i}", 1));

        Assert.Equal("cart-full", TrySet(cart, "one-more", 1));
        Assert.Equal(OrderRules.MaxLines, Set(cart, "sku-7", 3).Lines.Count);
        Assert.Equal(OrderRules.MaxLines, Set(Set(cart, "sku-7", 0), "one-more", 1).Lines.Count);
    }

    [Fact]
    public void The_maximum_cart_total_is_the_largest_exact_JSON_integer()
    {
        var cart = Set(ShoppingCart.Empty, "a", 9_007, 1_000_000_000_000);

        Assert.Equal("total-overflow", TrySet(cart, "b", 1, 199_254_740_992));
        Assert.Equal(OrderRules.MaxTotal, View(Set(cart, "b", 1, 199_254_740_991)).Total);
    }

    [Fact]
    public void A_cart_whose_prices_have_risen_too_far_has_no_total_and_can_be_emptied()
    {
        var cart = Set(Set(ShoppingCart.Empty, "a", OrderRules.MaxQuantity), "b", 1);
        Offer("a", OrderRules.MaxUnitPrice);

        Assert.Null(View(cart).Total);
        Assert.Equal("total-overflow", TrySet(cart, "b", 2));
        Assert.Equal(10, View(Set(cart, "a", 0)).Total);
    }

    [Fact]
    public void A_vanished_product_is_shown_without_a_price_and_does_not_block_other_lines()
    {
        var cart = Set(Set(Set(ShoppingCart.Empty, "gone", 1), "retired", 1), "a", 2);
        _products.Remove("gone");
        Offer("retired", 10, active: false);

        var view = View(cart);

        Assert.Equal(["sku-unknown", "sku-inactive", null], view.Lines.Select(line => line.Unavailable));
        Assert.Equal([null, null, 10L], view.Lines.Select(line => line.UnitPrice));
        Assert.Equal(("EUR", 20), (view.Currency, view.Total));
        Assert.Equal(3, Set(cart, "a", 3).Lines.Count);
        Assert.Equal("sku-unknown", TrySet(cart, "gone", 2, offer: false));
        Assert.Equal("sku-inactive", TrySet(cart, "retired", 2, offer: false));
        Assert.Equal(["a*2"], LinesOf(Set(Set(cart, "gone", 0), "retired", 0)));
    }

    [Fact]
    public void All_lines_have_the_currency_of_the_first_available_line()
    {
        var cart = Set(Set(ShoppingCart.Empty, "a", 1), "b", 1);
        Offer("yen", 5, currency: "JPY");
        Assert.Equal("currency-mismatch", TrySet(cart, "yen", 1, offer: false));

        Offer("b", 5, currency: "JPY");

        Assert.Equal([null, "currency-mismatch"], View(cart).Lines.Select(line => line.Unavailable));
        Assert.Equal(["b", "yen"], Set(Set(cart, "a", 0), "yen", 1, offer: false).Lines.Select(line => line.Sku));
    }

    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData(10L, "EUR", null, null)]
    [InlineData(11L, null, "price-changed", "/unitPrice")]
    [InlineData(null, "USD", "currency-mismatch", "/currency")]
    public void An_expected_price_must_be_the_price_in_the_catalogue(long? price, string? currency, string? code, string? pointer)
    {
        Offer("a", 10);

        var problem = CartRules.SetLine(
            ShoppingCart.Empty, "a", new CartLineChange { Quantity = 1, UnitPrice = price, Currency = currency }, _products).Problem;

        Assert.Equal((code, pointer), (problem?.Code, problem?.Pointer));
    }

    private static IEnumerable<string> LinesOf(ShoppingCart cart) => cart.Lines.Select(line => $"{line.Sku}*{line.Quantity}");

    private CartView View(ShoppingCart cart) => CartView.Of(cart, _products);

    private ShoppingCart Set(ShoppingCart cart, string sku, long quantity, long unitPrice = 10, bool offer = true)
    {
        if (offer && quantity > 0)
        {
            Offer(sku, unitPrice);
        }

        var change = new CartLineChange { Quantity = quantity };
        Assert.Null(CartRules.Check(sku, change));
        return CartRules.SetLine(cart, sku, change, _products).Value!;
    }

    private string? TrySet(ShoppingCart cart, string sku, long quantity, long unitPrice = 10, bool offer = true)
    {
        if (offer)
        {
            Offer(sku, unitPrice);
        }

        return CartRules.SetLine(cart, sku, new CartLineChange { Quantity = quantity }, _products).Problem?.Code;
    }

    private void Offer(string sku, long price, string currency = "EUR", bool active = true) => _products[sku] = new Product
    {
        Sku = sku,
        Name = sku,
        Description = "",
        Price = price,
        Currency = currency,
        Active = active,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        ChangeId = Guid.NewGuid(),
    };
}
