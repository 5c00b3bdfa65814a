namespace ServerlessScale.Shared.Webhooks.Ordering;

/// <summary>
/// The state of one ordering queue. It contains the numbers of the events with one key that are settled or pending at one endpoint. There
/// are few events per key (an order has at most five), so the state is small.
/// </summary>
/// <param name="Settled">
/// The number up to which every event is settled. An event is settled when its delivery has succeeded or finally failed, when it was
/// filtered out, or when it happened before ordered delivery was turned on for the endpoint.
/// </param>
/// <param name="Ahead">The numbers of settled events that follow at least one event that is not settled.</param>
/// <param name="Pending">The numbers of events that were fanned out but are not settled.</param>
public sealed record OrderingProgress(long Settled, IReadOnlyList<long> Ahead, IReadOnlyList<long> Pending)
{
    public static OrderingProgress None { get; } = new(0, [], []);

    /// <summary>Adds an event as pending, unless it is already pending or settled.</summary>
    /// <param name="first">Whether this is the first event with the key that the endpoint receives in order.</param>
    public OrderingProgress Enter(long number, bool first)
    {
        var progress = first && Settled < number - 1 ? Advanced(number - 1, Ahead) : this;
        return number <= progress.Settled || progress.Ahead.Contains(number) || progress.Pending.Contains(number)
            ? progress
            : progress with { Pending = [.. progress.Pending, number] };
    }

    public OrderingProgress Settle(long number) =>
        number <= Settled ? this : Advanced(Settled, [.. Ahead.Where(ahead => ahead != number), number]);

    public OrderingTurn TurnOf(long number) =>
        number <= Settled + 1 ? OrderingTurn.Now
        : Pending.Any(pending => pending < number) ? OrderingTurn.AfterPending
        : OrderingTurn.AfterMissing;

    private OrderingProgress Advanced(long settled, IReadOnlyList<long> ahead)
    {
        while (ahead.Contains(settled + 1))
        {
            settled++;
        }

        return new(settled, [.. ahead.Where(number => number > settled)], [.. Pending.Where(number => number > settled && !ahead.Contains(number))]);
    }
}

/// <summary>Whether an event in an ordering queue can be sent now or must wait for an earlier event.</summary>
public enum OrderingTurn
{
    Now,

    /// <summary>An earlier event with the same key was fanned out but is not settled.</summary>
    AfterPending,

    /// <summary>An earlier event with the same key has not been fanned out yet.</summary>
    AfterMissing,
}
