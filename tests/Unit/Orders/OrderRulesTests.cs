using FsCheck;
using FsCheck.Fluent;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Unit.Orders;

public sealed class OrderRulesTests
{
    [Fact]
    public void An_order_that_reaches_every_limit_is_accepted() => Assert.Null(OrderRules.Check(new OrderRequest
    {
        Currency = "JPY",
        Lines = [.. Enumerable.Repeat(
            new RequestedLine { Sku = new string('s', Sku.MaxLength), Quantity = OrderRules.MaxQuantity, UnitPrice = OrderRules.MaxUnitPrice },
            OrderRules.MaxLines)],
    }));

    [Fact]
    public void The_maximum_order_total_is_the_largest_exact_JSON_integer()
    {
        Assert.Equal(OrderRules.MaxTotal, OrderRules.TotalOf([Line(1, OrderRules.MaxTotal)]));
        Assert.Null(OrderRules.TotalOf([Line(1, OrderRules.MaxTotal), Line(1, 1)]));
        Assert.Null(OrderRules.TotalOf([Line(long.MaxValue, 2)]));
        Assert.Null(OrderRules.TotalOf([Line(1, long.MaxValue), Line(1, long.MaxValue)]));
    }

    [Fact]
    public void An_order_total_is_exact_unless_it_exceeds_the_limit() => Prop.ForAll(
        ArbMap.Default.ArbFor<(int Quantity, int Price)[]>(),
        lines =>
        {
            var positive = lines.Select(line => (Quantity: Math.Abs((long)line.Quantity), Price: Math.Abs((long)line.Price))).ToArray();
            var exact = positive.Aggregate(System.Numerics.BigInteger.Zero, (sum, line) => sum + (System.Numerics.BigInteger)line.Quantity * line.Price);
            var total = OrderRules.TotalOf(positive.Select(line => Line(line.Quantity, line.Price)));
            return exact <= OrderRules.MaxTotal ? total == (long)exact : total is null;
        }).QuickCheckThrowOnFailure();

    private static OrderLine Line(long quantity, long unitPrice) => new() { Sku = "a", Quantity = quantity, UnitPrice = unitPrice };
}
