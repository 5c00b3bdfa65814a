using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Local.Scaling;

namespace ServerlessScale.Tests.Unit.Scaling;

/// <summary>
/// Tests scaling with the documented targets of sixteen messages or requests per instance and at most four new instances per decision.
/// </summary>
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
    public void One_instance_is_required_per_sixteen_requests(int requests, int expected) =>
        Assert.Equal(expected, Scaling().Decide(0, Demand(requests)));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(33, 3)]
    public void One_instance_is_required_per_sixteen_messages(int messages, int expected) =>
        Assert.Equal(expected, Scaling().Decide(0, Demand(0, messages)));

    [Fact]
    public void At_most_four_instances_are_added_per_decision()
    {
        var scaling = Scaling(max: 10);

        Assert.Equal([4, 8, 10, 10], ((int[])[0, 4, 8, 10]).Select(current => scaling.Decide(current, Demand(1_000))));
    }

    [Fact]
    public void Missing_instances_are_summed_over_all_functions() =>
        Assert.Equal(1 + (1 + 2), Scaling().Decide(1, Demand(32, 48, 5)));

    [Fact]
    public void A_single_busy_function_can_trigger_scale_out() => Assert.Equal(3, Scaling().Decide(2, Demand(0, 48, 0)));

    [Fact]
    public void The_number_of_instances_never_falls_below_the_minimum() => Assert.Equal([3, 3], ((int[])[0, 3]).Select(current => Scaling(min: 3).Decide(current, Demand(0))));

    [Fact]
    public void Instances_are_removed_one_at_a_time_after_a_delay()
    {
        var scaling = Scaling();
        Assert.Equal(4, scaling.Decide(4, Demand(32)));
        _time.Advance(Targets.ScaleInAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(4, scaling.Decide(4, Demand(32)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, scaling.Decide(4, Demand(32)));

        // The delay restarts after each removal. The last two instances remain because the demand requires them.
        Assert.Equal(3, scaling.Decide(3, Demand(32)));
        _time.Advance(Targets.ScaleInAfter);
        Assert.Equal(2, scaling.Decide(3, Demand(32)));
        _time.Advance(Targets.ScaleInAfter);
        Assert.Equal(2, scaling.Decide(2, Demand(32)));
    }

    [Fact]
    public void A_burst_restarts_the_scale_in_delay()
    {
        var scaling = Scaling();
        scaling.Decide(2, Demand(1));
        _time.Advance(Targets.ScaleInAfter);
        scaling.Decide(2, Demand(32));
        _time.Advance(Targets.ScaleInAfter);

        Assert.Equal(2, scaling.Decide(2, Demand(1)));
    }

    [Fact]
    public void Scale_in_is_limited_by_the_busiest_function()
    {
        var scaling = Scaling();
        scaling.Decide(3, Demand(0, 40));
        _time.Advance(Targets.ScaleInAfter);

        Assert.Equal(3, scaling.Decide(3, Demand(0, 40, 3)));
    }

    [Fact]
    public void The_last_instance_is_removed_after_a_longer_idle_time()
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
    public void The_last_instance_is_retained_while_a_message_is_processed()
    {
        var scaling = Scaling();
        scaling.Decide(1, Demand(0) with { Events = 1 });
        _time.Advance(Targets.ToZeroAfter * 10);

        Assert.Equal(1, scaling.Decide(1, Demand(0) with { Events = 1 }));
    }

    private TargetBasedScaling Scaling(int min = 0, int max = 8) => new(new(min, max), Targets, _time);

    private static ScaleDemand Demand(int requests, params int[] messages) =>
        new(requests, messages.Select((count, i) => (count, name: $"queue-{i}")).ToDictionary(queue => queue.name, queue => queue.count), Events: 0);
}
