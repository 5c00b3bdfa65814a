using System.Text.Json.Serialization;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>The delivery of one event to one endpoint, with all its attempts.</summary>
public sealed record Delivery
{
    /// <summary>
    /// The maximum number of stored attempts. When this number is reached, each new attempt replaces the oldest stored attempt.
    /// </summary>
    private const int MaxStoredAttempts = 20;

    public required string CustomerId { get; init; }

    /// <summary>The <c>webhook-id</c> of every attempt. Receivers use it to recognise duplicates.</summary>
    public required string EventId { get; init; }

    public required string EventType { get; init; }

    /// <summary>The UTC time at which the event was fanned out to its endpoints.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// The event's position in the ordering queue for its key; null when the endpoint's deliveries are unordered or the event has no key.
    /// </summary>
    public EventPosition? Position { get; init; }

    public required DeliveryStatus Status { get; init; }

    /// <summary>
    /// The reason for the failure, as a sentence for the customer; null unless the status is <see cref="DeliveryStatus.Failed"/>.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The number of the current round. A round is one pass through the retry schedule. It starts at 1, and each replay increases it by 1.
    /// </summary>
    public int Round { get; init; } = 1;

    /// <summary>The number of attempts that were made in this round.</summary>
    public int RoundAttempts { get; init; }

    /// <summary>The stored attempts of all rounds, oldest first.</summary>
    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];

    /// <summary>The UTC time at which the next attempt is due; null when no attempt is scheduled.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Starts a new round, in which all attempts in the retry schedule are available again.</summary>
    public Delivery Begin(int round, DateTimeOffset now) => this with
    {
        Status = DeliveryStatus.Pending,
        Reason = null,
        Round = round,
        RoundAttempts = 0,
        NextAttemptAt = now,
    };

    /// <param name="number">
    /// The number of the attempt within the round, starting at 1. If two copies of a message cause the same attempt, both attempts have the
    /// same number. The second one therefore does not use up an attempt in the retry schedule.
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

    /// <summary>No further attempt is made unless the customer replays the delivery.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>An attempt of a delivery, in the form that is shown to the customer.</summary>
/// <param name="At">The UTC time at which the attempt began.</param>
/// <param name="Status">The HTTP status; null when the receiver sent no response.</param>
/// <param name="ErrorCode">
/// The code of the error, as in docs/webhooks.md; null when the receiver sent a response, and in attempts that older versions stored.
/// </param>
/// <param name="Error">A description of the error, for the customer; null when the status was 2xx.</param>
/// <param name="Response">The first 1,024 bytes of the response body; null when the body was empty.</param>
/// <param name="ResponseHeaders">
/// Some headers of the response, by their names in lower case; null when the receiver sent none of them, and in attempts that older versions
/// stored.
/// </param>
public sealed record DeliveryAttempt(
    DateTimeOffset At,
    int? Status,
    double DurationMs,
    string? ErrorCode,
    string? Error,
    [property: JsonPropertyName("answer")] string? Response,
    [property: JsonPropertyName("answerHeaders")] IReadOnlyDictionary<string, string>? ResponseHeaders = null);
