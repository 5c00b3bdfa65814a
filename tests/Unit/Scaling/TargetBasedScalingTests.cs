using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Local.Scaling;

namespace ServerlessScale.Tests.Unit.Scaling;

/// <summary>Sixteen messages or requests for each instance, four instances at a time, as documented.</summary>
public sealed class TargetBasedScalingTests
{
    private static readonly ScaleTargets Targets = new();
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(16, 1)]
    [InlineData(17, 2)]
    [InlineData(64, 4)]
    public void From_zero_there_are_as_many_as_the_requests_need(int requests, int expected) =>
        Assert.Equal(expected, Scaling().Decide(0, Demand(requests)));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(33, 3)]
    public void Or_as_the_messages_need(int messages, int expected) =>
        Assert.Equal(expected, Scaling().Decide(0, Demand(0, messages)));

    [Fact]
    public void Four_are_added_at_a_time_up_to_the_most()
    {
        var scaling = Scaling(max: 10);

        Assert.Equal([4, 8, 10, 10], ((int[])[0, 4, 8, 10]).Select(current => scaling.Decide(current, Demand(1_000))));
    }

    [Fact]
    public void What_several_functions_want_more_is_added_up() =>
        Assert.Equal(1 + (1 + 2), Scaling().Decide(1, Demand(32, 48, 5)));

    [Fact]
    public void Who_wants_more_overrides_who_wants_fewer() => Assert.Equal(3, Scaling().Decide(2, Demand(0, 48, 0)));

    [Fact]
    public void There_are_never_fewer_than_the_least() => Assert.Equal([3, 3], ((int[])[0, 3]).Select(current => Scaling(min: 3).Decide(current, Demand(0))));

    [Fact]
    public void Fewer_are_needed_for_a_while_before_one_goes()
    {
        var scaling = Scaling();
        Assert.Equal(4, scaling.Decide(4, Demand(32)));
        _time.Advance(Targets.ScaleInAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(4, scaling.Decide(4, Demand(32)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, scaling.Decide(4, Demand(32)));

        // The next has its own while, and there it ends: two are needed.
        Assert.Equal(3, scaling.Decide(3, Demand(32)));
        _time.Advance(Targets.ScaleInAfter);
        Assert.Equal(2, scaling.Decide(3, Demand(32)));
        _time.Advance(Targets.ScaleInAfter);
        Assert.Equal(2, scaling.Decide(2, Demand(32)));
    }

    [Fact]
    public void A_burst_meanwhile_begins_that_while_anew()
    {
        var scaling = Scaling();
        scaling.Decide(2, Demand(1));
        _time.Advance(Targets.ScaleInAfter);
        scaling.Decide(2, Demand(32));
        _time.Advance(Targets.ScaleInAfter);

        Assert.Equal(2, scaling.Decide(2, Demand(1)));
    }

    [Fact]
    public void The_one_that_wants_most_decides_how_many_stay()
    {
        var scaling = Scaling();
        scaling.Decide(3, Demand(0, 40));
        _time.Advance(Targets.ScaleInAfter);

        Assert.Equal(3, scaling.Decide(3, Demand(0, 40, 3)));
    }

    [Fact]
    public void The_last_one_goes_after_a_longer_time_without_anything()
    {
        var scaling = Scaling();
        scaling.Decide(1, Demand(1));
        scaling.Decide(1, Demand(0));
        _time.Advance(Targets.ToZeroAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(1, scaling.Decide(1, Demand(0)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, scaling.Decide(1, Demand(0)));
    }

    [Fact]
    public void It_stays_while_it_has_something_in_work()
    {
        var scaling = Scaling();
        scaling.Decide(1, Demand(0) with { Invocations = 1 });
        _time.Advance(Targets.ToZeroAfter * 10);

        Assert.Equal(1, scaling.Decide(1, Demand(0) with { Invocations = 1 }));
    }

    private TargetBasedScaling Scaling(int min = 0, int max = 8) => new(new(min, max), Targets, _time);

    private static ScaleDemand Demand(int requests, params int[] messages) =>
        new(requests, messages.Select((count, i) => (count, name: $"queue-{i}")).ToDictionary(queue => queue.name, queue => queue.count), Invocations: 0);
}
