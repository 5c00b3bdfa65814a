using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>Creates carts for tests of cart stores.</summary>
internal static class TestCarts
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static ShoppingCart Cart(DateTimeOffset expiresAt, int version = 1, int lines = 1) => new()
    {
        Stage = CartStage.Open,
        Lines = [.. Enumerable.Range(0, lines).Select(i => new CartLine(Line(i).Sku, Line(i).Quantity))],
        Version = version,
        ExpiresAt = expiresAt,
    };

    /// <summary>Creates the largest permitted cart, in which every value is at its limit.</summary>
    public static ShoppingCart Fullest(DateTimeOffset expiresAt) => Cart(expiresAt, int.MaxValue, OrderRules.MaxLines) with
    {
        Checkout = new CartCheckout
        {
            CustomerId = new string('é', 128),
            KeyId = "idem_" + new string('k', 43),
            OrderKey = "cart " + new string('k', 43),
            Order = new PricedOrder { Currency = "EUR", Lines = [.. Enumerable.Range(0, OrderRules.MaxLines).Select(i => Line(i))] },
            StartedAt = Noon,
            OrderId = OrderId.New(Noon).Value,
        },
    };

    private static OrderLine Line(int number) => new()
    {
        Sku = $"{number:D3}".PadRight(Sku.MaxLength, 's'),
        Quantity = OrderRules.MaxQuantity,
        UnitPrice = 9_000_000,
    };
}
