namespace ServerlessScale.Shared.Webhooks.Ordering;

/// <summary>
/// The state of one ordering queue: which events of a key were settled for one endpoint, by the numbers of the events. A key has few
/// events (an order has at most five), so the state stays small.
/// </summary>
/// <param name="Settled">
/// Every event up to this number is settled: it was delivered, given up or filtered out, or it is older than the endpoint's request for
/// order.
/// </param>
/// <param name="Ahead">Events beyond <paramref name="Settled"/> that are settled although an earlier event is not.</param>
/// <param name="Pending">Events that were fanned out and are not settled.</param>
public sealed record OrderingProgress(long Settled, IReadOnlyList<long> Ahead, IReadOnlyList<long> Pending)
{
    public static OrderingProgress None { get; } = new(0, [], []);

    /// <summary>Adds an event as pending, unless the event is known already.</summary>
    /// <param name="first">Whether the endpoint expects no event of the key before this one.</param>
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

/// <summary>Whether an event may be sent now, or which kind of earlier event it has to wait for.</summary>
public enum OrderingTurn
{
    Now,

    /// <summary>An earlier event of the key was fanned out and is not settled.</summary>
    AfterPending,

    /// <summary>An earlier event of the key has not been fanned out yet.</summary>
    AfterMissing,
}
