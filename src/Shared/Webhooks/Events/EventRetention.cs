using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Webhooks.Events;

/// <summary>Deletes the events that are older than <see cref="WebhookOptions.EventRetention"/>.</summary>
public sealed class EventRetention(EventStore events, IOptions<WebhookOptions> options, TimeProvider time)
{
    /// <summary>The maximum number of events that one run deletes. The next run deletes the remaining events.</summary>
    private const int MostEvents = 100_000;

    /// <returns>The number of deleted events.</returns>
    public Task<int> PruneAsync(CancellationToken cancellationToken) =>
        events.DeleteBeforeAsync(time.GetUtcNow() - options.Value.EventRetention, MostEvents, cancellationToken);
}
