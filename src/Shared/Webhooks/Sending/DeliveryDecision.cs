using System.Net;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>What follows from an attempt. The table in docs/webhooks.md, "What each answer means", is this in words.</summary>
public abstract record DeliveryDecision
{
    private DeliveryDecision()
    {
    }

    /// <param name="result">Of the attempt that has just ended.</param>
    /// <param name="attempt">Which one it was, from 1.</param>
    /// <param name="failingSince">When the endpoint's first failure since its last success was; null when there was none before this attempt.</param>
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
            ? new GiveUp($"All {attempt} attempts failed; the last one: {Outcome(result)}")
            : new RetryAt(now + Wait(result, DeliverySchedule.Delays[attempt], random));
    }

    /// <summary>Never sooner than scheduled, as attempts are few; never later than a day, as events grow stale.</summary>
    private static TimeSpan Wait(AttemptResult result, TimeSpan scheduled, Random random)
    {
        var asked = result.RetryAfter is { } retryAfter && retryAfter > scheduled ? retryAfter : scheduled;
        return Bounded(asked, DeliverySchedule.MaxRetryAfter) * (1 + (DeliverySchedule.Jitter * random.NextDouble()));
    }

    private static TimeSpan Bounded(TimeSpan wait, TimeSpan most) => wait < most ? wait : most;

    private static string Outcome(AttemptResult result) => result.Status is { } status ? $"HTTP {status}." : result.ErrorDetail ?? $"{result.Error}.";

    public sealed record Delivered : DeliveryDecision;

    public sealed record RetryAt(DateTimeOffset Time) : DeliveryDecision;

    /// <param name="Reason">In words, for the owner of the endpoint.</param>
    public sealed record GiveUp(string Reason) : DeliveryDecision;

    /// <summary>The delivery has failed, and the endpoint gets no more.</summary>
    public sealed record DisableEndpoint(DisableReason Reason) : DeliveryDecision;
}
