namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>
/// How far the deliveries of one key to one ordered endpoint have come, by the numbers of their events. Keys have few events (an order
/// five at most), so this stays small.
/// </summary>
/// <param name="Settled">All events up to this one are delivered, given up, filtered out, or older than the endpoint's wish for order.</param>
/// <param name="Ahead">Later events that are settled while an earlier one is not.</param>
/// <param name="Pending">Events that were fanned out and are not settled.</param>
public sealed record KeyProgress(long Settled, IReadOnlyList<long> Ahead, IReadOnlyList<long> Pending)
{
    public static KeyProgress None { get; } = new(0, [], []);

    /// <summary>Puts an event into the line, unless it was settled before.</summary>
    /// <param name="first">Whether the endpoint expects nothing from before it.</param>
    public KeyProgress Enter(long number, bool first)
    {
        var progress = first && Settled < number - 1 ? Advanced(number - 1, Ahead) : this;
        return number <= progress.Settled || progress.Ahead.Contains(number) || progress.Pending.Contains(number)
            ? progress
            : progress with { Pending = [.. progress.Pending, number] };
    }

    public KeyProgress Settle(long number) =>
        number <= Settled ? this : Advanced(Settled, [.. Ahead.Where(ahead => ahead != number), number]);

    public KeyTurn TurnOf(long number) =>
        number <= Settled + 1 ? KeyTurn.Now
        : Pending.Any(pending => pending < number) ? KeyTurn.AfterPending
        : KeyTurn.AfterMissing;

    private KeyProgress Advanced(long settled, IReadOnlyList<long> ahead)
    {
        while (ahead.Contains(settled + 1))
        {
            settled++;
        }

        return new(settled, [.. ahead.Where(number => number > settled)], [.. Pending.Where(number => number > settled && !ahead.Contains(number))]);
    }
}

/// <summary>Whether an event of a key may be sent.</summary>
public enum KeyTurn
{
    Now,

    /// <summary>An earlier event is on its way.</summary>
    AfterPending,

    /// <summary>An earlier event has not been fanned out yet.</summary>
    AfterMissing,
}
