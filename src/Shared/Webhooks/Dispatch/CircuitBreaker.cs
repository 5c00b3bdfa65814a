using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>
/// Keeps messages from endpoints that were not reached several times in a row. It is closed (everything goes through), open (nothing
/// does for a while) or half open (one attempt goes through and decides). Its state is the endpoint's <see cref="EndpointHealth"/>, so
/// all instances share it.
/// </summary>
public sealed class CircuitBreaker(
    EndpointStore endpoints, IOptions<WebhookOptions> options, IOptions<WebhookSenderOptions> sender, TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>What the note of an attempt's outcome may take; when it is lost, another attempt is made.</summary>
    private static readonly TimeSpan NoteTime = TimeSpan.FromSeconds(15);

    /// <summary>A lost note of health costs one more attempt, a longer quarrel about it more.</summary>
    private const int MostAttempts = 5;

    public async Task<BreakerAnswer> AskAsync(StoredEndpoint endpoint, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (endpoint.Health.OpenUntil is not { } openUntil)
        {
            return new BreakerAnswer(MayGo: true, IsTry: false, Wait: TimeSpan.Zero);
        }

        if (openUntil > now)
        {
            return new BreakerAnswer(MayGo: false, IsTry: false, openUntil - now);
        }

        // Of all that ask now, the one whose write succeeds makes the attempt.
        var taken = await endpoints.TryWriteHealthAsync(endpoint, endpoint.Health with { OpenUntil = now + sender.Value.Timeout + NoteTime }, cancellationToken);
        return taken
            ? new BreakerAnswer(MayGo: true, IsTry: true, Wait: TimeSpan.Zero)
            : new BreakerAnswer(MayGo: false, IsTry: false, options.Value.BreakerPause);
    }

    public async Task SucceededAsync(StoredEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.Health != EndpointHealth.Good)
        {
            await ChangeAsync(endpoint, _ => EndpointHealth.Good, cancellationToken);
        }
    }

    /// <param name="unreachable">Whether the endpoint could not be reached, was too slow, or had a fault of its own (5xx, 429).</param>
    /// <param name="wasTry">Whether it was the one attempt of the half-open breaker.</param>
    public Task FailedAsync(StoredEndpoint endpoint, bool unreachable, bool wasTry, CancellationToken cancellationToken) =>
        ChangeAsync(endpoint, health => After(health, unreachable, wasTry), cancellationToken);

    private EndpointHealth After(EndpointHealth health, bool unreachable, bool wasTry)
    {
        var now = time.GetUtcNow();
        var failingSince = health.FailingSince ?? now;
        if (!unreachable)
        {
            return new EndpointHealth(failingSince, 0, null);
        }

        if (health.OpenUntil is not null && !wasTry)
        {
            // Begun before the breaker opened: it says nothing that is not known.
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
        var read = endpoint;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var changed = change(read.Health);
            if (changed == read.Health || await endpoints.TryWriteHealthAsync(read, changed, cancellationToken))
            {
                return;
            }

            if (await endpoints.FindAsync(read.Endpoint.CustomerId, read.Id, cancellationToken) is not { } current)
            {
                return;
            }

            read = current;
        }
    }
}

/// <param name="IsTry">Whether this is the one attempt that decides if the breaker closes.</param>
/// <param name="Wait">When it may not go: how long until it is worth asking again.</param>
public sealed record BreakerAnswer(bool MayGo, bool IsTry, TimeSpan Wait);
