using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>One event on its way to one endpoint.</summary>
public sealed record Delivery
{
    /// <summary>Attempts beyond these are forgotten, oldest first.</summary>
    private const int MostAttempts = 20;

    public required string CustomerId { get; init; }

    /// <summary>Its <c>webhook-id</c>: a receiver drops what it has seen already.</summary>
    public required string EventId { get; init; }

    public required string EventType { get; init; }

    /// <summary>When it was fanned out, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its place in the queue of its key; null when the endpoint does not ask for order.</summary>
    public EventPosition? Position { get; init; }

    public required DeliveryStatus Status { get; init; }

    /// <summary>Why it failed; null unless <see cref="DeliveryStatus.Failed"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>1, and one more with every replay: each goes through the whole schedule.</summary>
    public int Round { get; init; } = 1;

    /// <summary>The number of the last attempt of this round that was made; 0 before the first.</summary>
    public int RoundAttempts { get; init; }

    /// <summary>Oldest first, of all rounds.</summary>
    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];

    /// <summary>When the next attempt is due, UTC; null when there is none.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>A further round, from the first attempt on.</summary>
    public Delivery Begin(int round, DateTimeOffset now) => this with
    {
        Status = DeliveryStatus.Pending,
        Reason = null,
        Round = round,
        RoundAttempts = 0,
        NextAttemptAt = now,
    };

    /// <param name="number">Which of the round it was. Copies of a message make one attempt twice, which must not use up the next one's number.</param>
    public Delivery Add(DeliveryAttempt attempt, int number) => this with
    {
        RoundAttempts = Math.Max(RoundAttempts, number),
        Attempts = [.. Attempts.Skip(Attempts.Count - MostAttempts + 1), attempt],
        NextAttemptAt = null,
    };

    public Delivery Deliver() => this with { Status = DeliveryStatus.Delivered, Reason = null, NextAttemptAt = null };

    public Delivery Fail(string reason) => this with { Status = DeliveryStatus.Failed, Reason = reason, NextAttemptAt = null };
}
