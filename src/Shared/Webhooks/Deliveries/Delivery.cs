using System.Text.Json.Serialization;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>The delivery of one event to one endpoint, with all its attempts.</summary>
public sealed record Delivery
{
    /// <summary>The most attempts that are stored. The oldest are dropped first.</summary>
    private const int MaxStoredAttempts = 20;

    public required string CustomerId { get; init; }

    /// <summary>The <c>webhook-id</c> of every attempt, by which a receiver recognises duplicates.</summary>
    public required string EventId { get; init; }

    public required string EventType { get; init; }

    /// <summary>When the event was fanned out to its endpoints, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The event's place in the ordering queue of its key; null when the endpoint is not ordered or the event has no key.</summary>
    public EventPosition? Position { get; init; }

    public required DeliveryStatus Status { get; init; }

    /// <summary>Why the delivery failed; null unless the status is <see cref="DeliveryStatus.Failed"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>The number of times the schedule of attempts was started: 1 at first, one more after each replay.</summary>
    public int Round { get; init; } = 1;

    /// <summary>The number of attempts made in this round.</summary>
    public int RoundAttempts { get; init; }

    /// <summary>The attempts of all rounds, the oldest first.</summary>
    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];

    /// <summary>When the next attempt is due, UTC; null when none is scheduled.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Starts a new round, which has the whole schedule of attempts ahead of it.</summary>
    public Delivery Begin(int round, DateTimeOffset now) => this with
    {
        Status = DeliveryStatus.Pending,
        Reason = null,
        Round = round,
        RoundAttempts = 0,
        NextAttemptAt = now,
    };

    /// <param name="number">
    /// The attempt's number within the round. Two copies of one message can make the same attempt twice. Both then have one number, so
    /// that the repetition does not use up an attempt of the schedule.
    /// </param>
    public Delivery Add(DeliveryAttempt attempt, int number) => this with
    {
        RoundAttempts = Math.Max(RoundAttempts, number),
        Attempts = [.. Attempts.Skip(Attempts.Count - MaxStoredAttempts + 1), attempt],
        NextAttemptAt = null,
    };

    public Delivery Deliver() => this with { Status = DeliveryStatus.Delivered, Reason = null, NextAttemptAt = null };

    public Delivery Fail(string reason) => this with { Status = DeliveryStatus.Failed, Reason = reason, NextAttemptAt = null };
}

/// <summary>The state of a delivery.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryStatus>))]
public enum DeliveryStatus
{
    /// <summary>At least one more attempt will be made.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>The receiver accepted the delivery with a 2xx status.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,

    /// <summary>No further attempt is made, unless the customer replays the delivery.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>One request to a receiver, as the customer sees it.</summary>
/// <param name="At">When the attempt began, UTC.</param>
/// <param name="Status">The HTTP status; null when no response came.</param>
/// <param name="Error">What went wrong, as a sentence for the customer; null when the status was 2xx.</param>
/// <param name="Response">The first 1,024 bytes of the response's body; null when it was empty.</param>
public sealed record DeliveryAttempt(
    DateTimeOffset At, int? Status, double DurationMs, string? Error, [property: JsonPropertyName("answer")] string? Response);
