using System.Net;
using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// The decision about a delivery after an attempt: complete it, retry it, give up on it, or disable its endpoint. The table "What each
/// response means" in docs/webhooks.md describes the same rules.
/// </summary>
public abstract record DeliveryDecision
{
    private DeliveryDecision()
    {
    }

    /// <param name="result">The result of the attempt.</param>
    /// <param name="attempt">The attempt number, starting at 1.</param>
    /// <param name="failingSince">
    /// The UTC time of the endpoint's first failure since its last success; null when this failure is the first.
    /// </param>
    /// <param name="now">The current time in UTC.</param>
    /// <param name="random">Generates the jitter.</param>
    public static DeliveryDecision Of(AttemptResult result, int attempt, DateTimeOffset? failingSince, DateTimeOffset now, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        if (result.Succeeded)
        {
            return new Delivered();
        }

        if (result.Status == (int)HttpStatusCode.Gone)
        {
            return new DisableEndpoint(DisableReason.Gone);
        }

        if (now - failingSince >= DeliverySchedule.DisableAfter)
        {
            return new DisableEndpoint(DisableReason.Failing);
        }

        return attempt >= DeliverySchedule.MaxAttempts
            ? new GiveUp($"All {attempt} attempts failed. Outcome of the last attempt: {Outcome(result)}")
            : new RetryAt(now + Wait(result, DeliverySchedule.Delays[attempt], random));
    }

    /// <summary>
    /// Computes the wait before the next attempt. A receiver can lengthen the scheduled wait with <c>Retry-After</c>. It cannot shorten the
    /// wait, because the number of attempts is limited. The wait is limited to <see cref="DeliverySchedule.MaxRetryAfter"/> before jitter
    /// is added, because events lose their value over time.
    /// </summary>
    private static TimeSpan Wait(AttemptResult result, TimeSpan scheduled, Random random)
    {
        var asked = result.RetryAfter is { } retryAfter && retryAfter > scheduled ? retryAfter : scheduled;
        return Bounded(asked, DeliverySchedule.MaxRetryAfter) * (1 + (DeliverySchedule.Jitter * random.NextDouble()));
    }

    private static TimeSpan Bounded(TimeSpan wait, TimeSpan most) => wait < most ? wait : most;

    private static string Outcome(AttemptResult result) => result.Status is { } status ? $"HTTP {status}." : result.ErrorDetail ?? $"{result.Error}.";

    /// <summary>The receiver accepted the delivery.</summary>
    public sealed record Delivered : DeliveryDecision;

    /// <summary>Another attempt is scheduled.</summary>
    /// <param name="Time">The UTC time at which the next attempt is due.</param>
    public sealed record RetryAt(DateTimeOffset Time) : DeliveryDecision;

    /// <summary>The delivery failed, because the last attempt in the retry schedule failed.</summary>
    /// <param name="Reason">The reason, as a sentence for the customer.</param>
    public sealed record GiveUp(string Reason) : DeliveryDecision;

    /// <summary>The delivery failed. Its endpoint is disabled and receives no further deliveries.</summary>
    public sealed record DisableEndpoint(DisableReason Reason) : DeliveryDecision;
}

/// <summary>The reason why an endpoint is disabled.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DisableReason>))]
public enum DisableReason
{
    /// <summary>The receiver responded with 410 Gone.</summary>
    [JsonStringEnumMemberName("gone")]
    Gone,

    /// <summary>No attempt has succeeded for <see cref="DeliverySchedule.DisableAfter"/>.</summary>
    [JsonStringEnumMemberName("failing")]
    Failing,
}
