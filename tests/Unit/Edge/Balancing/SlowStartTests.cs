using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Tests.Unit.Edge.Balancing;

public sealed class SlowStartTests
{
    // Envoy's documentation of slow start multiplies the weight by max(min_weight_percent, time_factor ^ (1 / aggression)). The time factor is
    // the elapsed part of the window. By default, the aggression is 1.0 and min_weight_percent is 10 %.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 1)]
    [InlineData(30, 5)]
    [InlineData(54, 9)]
    [InlineData(60, 10)]
    [InlineData(600, 10)]
    public void The_share_of_a_new_destination_grows_linearly(int seconds, int tenths)
    {
        var time = new FakeTimeProvider();
        var slowStart = new SlowStart(TimeSpan.FromSeconds(60), time);
        var destination = new object();
        slowStart.WarmthOf(destination);

        time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(tenths, slowStart.WarmthOf(destination));
        Assert.Equal(1, slowStart.WarmthOf(new object()));
    }

    [Fact]
    public void A_new_destination_gets_its_full_share_without_slow_start() =>
        Assert.Equal(Candidate.Warm, new SlowStart(TimeSpan.Zero, new FakeTimeProvider()).WarmthOf(new object()));
}
