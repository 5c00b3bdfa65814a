using System.Net;
using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// What happens to a delivery after an attempt: it is delivered, retried, given up, or its endpoint is disabled. The table "What each
/// response means" in docs/webhooks.md describes the same rules.
/// </summary>
public abstract record DeliveryDecision
{
    private DeliveryDecision()
    {
    }

    /// <param name="result">The result of the attempt.</param>
    /// <param name="attempt">The number of the attempt, from 1.</param>
    /// <param name="failingSince">When the endpoint's first failure since its last success happened; null when this failure is the first.</param>
    /// <param name="now">UTC.</param>
    /// <param name="random">Draws the jitter.</param>
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
    /// The wait before the next attempt. A receiver can lengthen the scheduled wait with <c>Retry-After</c>, but not shorten it, because
    /// the number of attempts is limited. The wait is at most <see cref="DeliverySchedule.MaxRetryAfter"/>, jitter aside, because events
    /// lose their value with time.
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

    /// <param name="Time">When the next attempt is due, UTC.</param>
    public sealed record RetryAt(DateTimeOffset Time) : DeliveryDecision;

    /// <summary>The delivery failed, because its last scheduled attempt failed.</summary>
    /// <param name="Reason">A sentence for the owner of the endpoint.</param>
    public sealed record GiveUp(string Reason) : DeliveryDecision;

    /// <summary>The delivery failed, and no further delivery is sent to the endpoint.</summary>
    public sealed record DisableEndpoint(DisableReason Reason) : DeliveryDecision;
}

/// <summary>Why an endpoint is disabled.</summary>
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
