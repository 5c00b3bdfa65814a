using FsCheck;
using FsCheck.Fluent;
using ServerlessScale.Shared.Webhooks.Ordering;

namespace ServerlessScale.Tests.Unit.Webhooks.Ordering;

public sealed class OrderingProgressTests
{
    [Fact]
    public void The_second_event_waits_until_the_first_is_settled()
    {
        var queue = OrderingProgress.None.Enter(1, first: true).Enter(2, first: false);

        Assert.Equal(OrderingTurn.Now, queue.TurnOf(1));
        Assert.Equal(OrderingTurn.AfterPending, queue.TurnOf(2));
        Assert.Equal(OrderingTurn.Now, queue.Settle(1).TurnOf(2));
    }

    [Fact]
    public void An_event_waits_for_earlier_events_not_yet_fanned_out()
    {
        var queue = OrderingProgress.None.Enter(2, first: false);

        Assert.Equal(OrderingTurn.AfterMissing, queue.TurnOf(2));
        Assert.Equal(OrderingTurn.AfterPending, queue.Enter(1, first: true).TurnOf(2));
        Assert.Equal(OrderingTurn.Now, queue.Enter(1, first: true).Settle(1).TurnOf(2));
    }

    [Fact]
    public void Events_do_not_wait_for_events_that_preceded_ordering()
    {
        var queue = OrderingProgress.None.Enter(6, first: false).Enter(5, first: true);

        Assert.Equal(OrderingTurn.Now, queue.TurnOf(5));
        Assert.Equal(OrderingTurn.Now, queue.Settle(5).TurnOf(6));
    }

    [Fact]
    public void Events_pending_when_ordering_was_requested_do_not_block_later_events()
    {
        var queue = OrderingProgress.None.Enter(1, first: true).Enter(2, first: false).Enter(4, first: true);

        Assert.Equal(OrderingTurn.Now, queue.TurnOf(4));
        Assert.Equal([4], queue.Pending);
    }

    [Fact]
    public void A_settled_event_does_not_block_the_next_event()
    {
        var queue = OrderingProgress.None.Enter(1, first: true).Settle(1).Enter(3, first: false).Enter(2, first: false).Settle(2);

        Assert.Equal(OrderingTurn.Now, queue.TurnOf(3));
    }

    [Fact]
    public void Repeating_a_settled_event_does_not_change_the_queue()
    {
        var queue = OrderingProgress.None.Enter(1, first: true).Settle(1);

        Assert.Same(queue, queue.Enter(1, first: true));
        Assert.Same(queue, queue.Settle(1));
        Assert.Equal(OrderingTurn.Now, queue.TurnOf(2));
    }

    [Fact]
    public void Events_are_released_in_order_regardless_of_arrival_order()
    {
        Prop.ForAll(Gen.Shuffle(Enumerable.Range(1, 6).ToArray()).ToArbitrary(), entries =>
        {
            var queue = OrderingProgress.None;
            var left = new List<int>();
            foreach (var entry in entries)
            {
                queue = queue.Enter(entry, first: entry == 1);
                while (queue.Pending.FirstOrDefault(number => queue.TurnOf(number) == OrderingTurn.Now) is > 0 and var next)
                {
                    left.Add((int)next);
                    queue = queue.Settle(next);
                }
            }

            return left.SequenceEqual(Enumerable.Range(1, 6)) && queue is { Settled: 6, Ahead: [], Pending: [] };
        }).QuickCheckThrowOnFailure();
    }
}
