using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Unit.Orders;

public sealed class OrderIdTests
{
    [Fact]
    public void An_order_id_contains_the_month_and_can_be_parsed()
    {
        var id = OrderId.New(new DateTimeOffset(2027, 1, 1, 0, 30, 0, TimeSpan.FromHours(1)));

        Assert.Equal("2026-12", id.Month.ToString());
        Assert.True(OrderId.TryParse(id.Value, out var parsed));
        Assert.Equal(id, parsed);
        Assert.Matches("^[a-z0-9_]{33}$", id.Value);
    }

    [Fact]
    public void Order_ids_within_a_month_sort_newest_first()
    {
        var start = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        TimeSpan[] moments = [TimeSpan.Zero, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(5), TimeSpan.FromDays(31) - TimeSpan.FromMilliseconds(1)];

        var ids = moments.Select(moment => OrderId.New(start + moment).Value).ToArray();

        Assert.Equal(ids.Reverse(), ids.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ord_202613zzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("ord_199912zzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("ord_202611zzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("ord_202611zzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("ord_202611zzzzzzzzzzzzzzzzzzzzzz'")]
    [InlineData("ORD_202611zzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("evt_202611zzzzzzzzzzzzzzzzzzzzzzz")]
    public void A_malformed_order_id_is_rejected(string? text) => Assert.False(OrderId.TryParse(text, out _));
}
