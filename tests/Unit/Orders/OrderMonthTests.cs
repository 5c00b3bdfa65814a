using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Unit.Orders;

public sealed class OrderMonthTests
{
    [Fact]
    public void Next_and_previous_months_are_correct_across_year_boundaries()
    {
        Assert.True(OrderMonth.TryParse("2026-12", out var december));

        Assert.Equal("2027-01", december.Next.ToString());
        Assert.Equal(december, december.Next.Previous);
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), december.Start);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2026-13")]
    [InlineData("2026-00")]
    [InlineData("2026-1")]
    [InlineData("202611")]
    [InlineData("1999-12")]
    [InlineData("3000-01")]
    [InlineData(" 2026-11")]
    [InlineData("2026-11-01")]
    public void A_malformed_order_month_is_rejected(string? text) => Assert.False(OrderMonth.TryParse(text, out _));
}
