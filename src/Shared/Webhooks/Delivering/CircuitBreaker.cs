using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// The circuit breaker of an endpoint. Closed, it lets every attempt through. After several attempts in a row did not reach the
/// endpoint it opens and lets no attempt through for a pause. Then it is half open: one attempt, the probe, goes through and decides
/// whether the breaker closes or opens again. Its state is the stored <see cref="EndpointHealth"/>, so all instances share it.
/// </summary>
public sealed class CircuitBreaker(
    EndpointStore endpoints, IOptions<WebhookOptions> options, IOptions<WebhookSenderOptions> sender, TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>How long the write of a probe's outcome may take. When the write is lost, another probe follows after this time.</summary>
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

        // Several instances may ask at the same time. The conditional write succeeds for one of them, and that one makes the probe.
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

    /// <param name="unreachable">Whether the endpoint was not reached, was too slow, or reported a fault of its own (5xx, 429).</param>
    /// <param name="wasProbe">Whether the attempt was the probe of the half-open breaker.</param>
    public Task FailedAsync(StoredEndpoint endpoint, bool unreachable, bool wasProbe, CancellationToken cancellationToken) =>
        ChangeAsync(endpoint, health => After(health, unreachable, wasProbe), cancellationToken);

    private EndpointHealth After(EndpointHealth health, bool unreachable, bool wasProbe)
    {
        var now = time.GetUtcNow();
        var failingSince = health.FailingSince ?? now;
        if (!unreachable)
        {
            return new EndpointHealth(failingSince, 0, null);
        }

        if (health.OpenUntil is not null && !wasProbe)
        {
            // This attempt began before the breaker opened, so its failure is no news and must not lengthen the pause.
            return health with { FailingSince = failingSince };
        }

        var count = health.Unreachable + 1;
        var beyond = count - options.Value.BreakerThreshold;
        return new EndpointHealth(failingSince, count, beyond < 0 ? null : now + Pause(beyond));
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
            // A lost update of the health costs one more attempt at the endpoint, which is cheaper than a failed message.
            exhausted: () => false);
    }
}

/// <param name="IsProbe">Whether the attempt is the one that decides if the breaker closes.</param>
/// <param name="Wait">The time until the breaker should be asked again; zero when the attempt is allowed.</param>
public sealed record BreakerDecision(bool Allowed, bool IsProbe, TimeSpan Wait);
