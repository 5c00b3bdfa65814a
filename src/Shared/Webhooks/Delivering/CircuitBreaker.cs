using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// The circuit breaker of an endpoint. A closed breaker allows every attempt. After several consecutive attempts have failed to reach the
/// endpoint, the breaker opens and allows no attempts during a pause. After the pause, it is half open and allows one attempt, the probe.
/// The probe's outcome decides whether the breaker closes or opens again. All instances share the breaker's state, because it is stored as
/// the endpoint's <see cref="EndpointHealth"/>.
/// </summary>
public sealed class CircuitBreaker(
    EndpointStore endpoints, IOptions<WebhookOptions> options, IOptions<WebhookSenderOptions> sender, TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The time allowed for storing a probe's outcome. If the outcome is not stored within this time, another probe is allowed.
    /// </summary>
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(30);

    public async Task<BreakerDecision> AskAsync(StoredEndpoint endpoint, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (endpoint.Health.OpenUntil is not { } openUntil)
        {
            return new BreakerDecision(Allowed: true, IsProbe: false, Wait: TimeSpan.Zero);
        }

        if (openUntil > now)
        {
            return new BreakerDecision(Allowed: false, IsProbe: false, openUntil - now);
        }

        // Several instances may find the breaker half open at the same time. The conditional write succeeds for only one of them, and that
        // instance makes the probe.
        var taken = await endpoints.TryWriteHealthAsync(endpoint, endpoint.Health with { OpenUntil = now + sender.Value.Timeout + WriteTime }, cancellationToken);
        return taken
            ? new BreakerDecision(Allowed: true, IsProbe: true, Wait: TimeSpan.Zero)
            : new BreakerDecision(Allowed: false, IsProbe: false, options.Value.BreakerPause);
    }

    public async Task SucceededAsync(StoredEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.Health != EndpointHealth.Good)
        {
            await ChangeAsync(endpoint, _ => EndpointHealth.Good, cancellationToken);
        }
    }

    /// <param name="unreachable">Whether the endpoint could not be reached, was too slow, or responded with 5xx or 429.</param>
    /// <param name="wasProbe">Whether the attempt was the probe of the half-open breaker.</param>
    public Task FailedAsync(
        StoredEndpoint endpoint, EndpointFailure failure, bool unreachable, bool wasProbe, CancellationToken cancellationToken) =>
        ChangeAsync(endpoint, health => After(health, unreachable, wasProbe) with { LastFailure = failure }, cancellationToken);

    private EndpointHealth After(EndpointHealth health, bool unreachable, bool wasProbe)
    {
        var now = time.GetUtcNow();
        var failingSince = health.FailingSince ?? now;
        if (!unreachable)
        {
            return health with { FailingSince = failingSince, Unreachable = 0, OpenUntil = null };
        }

        if (health.OpenUntil is not null && !wasProbe)
        {
            // This attempt began before the breaker opened, so its failure must not lengthen the pause.
            return health with { FailingSince = failingSince };
        }

        var count = health.Unreachable + 1;
        var beyond = count - options.Value.BreakerThreshold;
        return health with { FailingSince = failingSince, Unreachable = count, OpenUntil = beyond < 0 ? null : now + Pause(beyond) };
    }

    private TimeSpan Pause(int doublings) => TimeSpan.FromTicks(
        Math.Min(LongestPause.Ticks, options.Value.BreakerPause.Ticks << Math.Min(doublings, 10)));

    private async Task ChangeAsync(StoredEndpoint endpoint, Func<EndpointHealth, EndpointHealth> change, CancellationToken cancellationToken)
    {
        StoredEndpoint? known = endpoint;
        await OptimisticUpdate.RunAsync(
            async () =>
            {
                var read = known ?? await endpoints.FindAsync(endpoint.Endpoint.CustomerId, endpoint.Id, cancellationToken);
                known = null;
                return read;
            },
            async read =>
            {
                if (read is null)
                {
                    return (Done: true, Result: false);
                }

                var changed = change(read.Health);
                var written = changed == read.Health || await endpoints.TryWriteHealthAsync(read, changed, cancellationToken);
                return (written, written);
            },
            cancellationToken,
            // If the health cannot be updated, the breaker may allow one attempt too many. That is cheaper than failing the message.
            exhausted: () => false);
    }
}

/// <summary>A circuit breaker's decision about an attempt.</summary>
/// <param name="Allowed">Whether the attempt may be made.</param>
/// <param name="IsProbe">Whether the attempt is the probe that decides whether the breaker closes.</param>
/// <param name="Wait">The time to wait before asking the breaker again; zero when the attempt is allowed.</param>
public sealed record BreakerDecision(bool Allowed, bool IsProbe, TimeSpan Wait);
