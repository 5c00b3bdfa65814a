using FsCheck;
using FsCheck.Fluent;
using ServerlessScale.Shared.Webhooks.Dispatch;

namespace ServerlessScale.Tests.Unit.Webhooks.Dispatch;

public sealed class KeyProgressTests
{
    [Fact]
    public void The_first_event_goes_at_once_and_the_next_one_after_it()
    {
        var line = KeyProgress.None.Enter(1, first: true).Enter(2, first: false);

        Assert.Equal(KeyTurn.Now, line.TurnOf(1));
        Assert.Equal(KeyTurn.AfterPending, line.TurnOf(2));
        Assert.Equal(KeyTurn.Now, line.Settle(1).TurnOf(2));
    }

    [Fact]
    public void An_event_waits_for_an_earlier_one_that_has_not_come_yet()
    {
        var line = KeyProgress.None.Enter(2, first: false);

        Assert.Equal(KeyTurn.AfterMissing, line.TurnOf(2));
        Assert.Equal(KeyTurn.AfterPending, line.Enter(1, first: true).TurnOf(2));
        Assert.Equal(KeyTurn.Now, line.Enter(1, first: true).Settle(1).TurnOf(2));
    }

    [Fact]
    public void Nothing_from_before_the_wish_for_order_is_waited_for()
    {
        var line = KeyProgress.None.Enter(6, first: false).Enter(5, first: true);

        Assert.Equal(KeyTurn.Now, line.TurnOf(5));
        Assert.Equal(KeyTurn.Now, line.Settle(5).TurnOf(6));
    }

    [Fact]
    public void What_was_left_pending_while_there_was_no_wish_for_order_blocks_nobody()
    {
        var line = KeyProgress.None.Enter(1, first: true).Enter(2, first: false).Enter(4, first: true);

        Assert.Equal(KeyTurn.Now, line.TurnOf(4));
        Assert.Equal([4], line.Pending);
    }

    [Fact]
    public void An_event_that_is_passed_over_opens_the_way_for_the_one_behind_it()
    {
        var line = KeyProgress.None.Enter(1, first: true).Settle(1).Enter(3, first: false).Enter(2, first: false).Settle(2);

        Assert.Equal(KeyTurn.Now, line.TurnOf(3));
    }

    [Fact]
    public void An_event_that_comes_again_after_it_was_settled_is_not_waited_for()
    {
        var line = KeyProgress.None.Enter(1, first: true).Settle(1);

        Assert.Same(line, line.Enter(1, first: true));
        Assert.Same(line, line.Settle(1));
        Assert.Equal(KeyTurn.Now, line.TurnOf(2));
    }

    [Fact]
    public void In_whatever_order_events_enter_they_leave_in_their_own()
    {
        Prop.ForAll(Gen.Shuffle(Enumerable.Range(1, 6).ToArray()).ToArbitrary(), entries =>
        {
            var line = KeyProgress.None;
            var left = new List<int>();
            foreach (var entry in entries)
            {
                line = line.Enter(entry, first: entry == 1);
                while (line.Pending.FirstOrDefault(number => line.TurnOf(number) == KeyTurn.Now) is > 0 and var next)
                {
                    left.Add((int)next);
                    line = line.Settle(next);
                }
            }

            return left.SequenceEqual(Enumerable.Range(1, 6)) && line is { Settled: 6, Ahead: [], Pending: [] };
        }).QuickCheckThrowOnFailure();
    }
}
