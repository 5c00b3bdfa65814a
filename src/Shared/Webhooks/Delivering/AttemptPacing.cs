using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// Spaces the attempts at an endpoint that has a rate limit. Each message reserves the next free time, which is stored in the endpoint's
/// row, and stays hidden in the queue until then. All instances reserve from the same row with conditional writes, so together they keep the
/// limit, and no message slot is held while a message waits. Each message normally reserves only once.
/// </summary>
public sealed class AttemptPacing(EndpointStore endpoints, TimeProvider time)
{
    /// <summary>
    /// The time after its reserved time for which a message may still be sent. It covers the rounding of a queue delay to whole seconds and
    /// the interval of polling (<c>maxPollingInterval</c> in host.json). A message that is later reserves again, so that messages that have
    /// piled up while no worker was running do not all arrive at the receiver at once.
    /// </summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ContentionDelay = TimeSpan.FromSeconds(1);

    /// <param name="reserved">The time that the message has reserved; null when it has reserved none.</param>
    public async Task<PacingResult> AskAsync(StoredEndpoint endpoint, DateTimeOffset? reserved, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (endpoint.Endpoint.RateLimit is not { } perMinute)
        {
            return new PacingResult(endpoint, Reserved: null, Wait: TimeSpan.Zero);
        }

        if (reserved is { } earlier && now < earlier + Grace)
        {
            return new PacingResult(endpoint, reserved, Max(earlier - now, TimeSpan.Zero));
        }

        var spacing = TimeSpan.FromMinutes(1) / perMinute;
        StoredEndpoint? known = endpoint;
        return await OptimisticUpdate.RunAsync(
            async () =>
            {
                var read = known ?? await endpoints.FindAsync(endpoint.Endpoint.CustomerId, endpoint.Id, cancellationToken);
                known = null;
                return read;
            },
            async read =>
            {
                var slot = read is { NextSlot: { } next } && next > now ? next : now;
                if (read is null || !await endpoints.TryWriteNextSlotAsync(read, slot + spacing, cancellationToken))
                {
                    return (Done: read is null, new PacingResult(Endpoint: null, Reserved: null, ContentionDelay));
                }

                // The write has changed the row's ETag, which the circuit breaker needs.
                var current = slot > now ? read : await endpoints.FindAsync(endpoint.Endpoint.CustomerId, endpoint.Id, cancellationToken);
                return (Done: true, new PacingResult(current, slot, slot - now));
            },
            cancellationToken,
            // Other instances have reserved times during every attempt, so the message asks again later.
            exhausted: () => new PacingResult(endpoint, Reserved: null, ContentionDelay));
    }

    private static TimeSpan Max(TimeSpan first, TimeSpan second) => first > second ? first : second;
}

/// <summary>The result of a request to make an attempt at an endpoint with a rate limit.</summary>
/// <param name="Endpoint">The endpoint as it is stored now; null when it was deleted.</param>
/// <param name="Reserved">The time that the message has reserved; null when it has reserved none.</param>
/// <param name="Wait">The time to wait; zero when the attempt may be made now.</param>
public sealed record PacingResult(StoredEndpoint? Endpoint, DateTimeOffset? Reserved, TimeSpan Wait);
