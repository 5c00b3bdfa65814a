using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Idempotency;

namespace ServerlessScale.Functions.Idempotency;

/// <summary>The timer-triggered function for idempotency records.</summary>
public sealed partial class IdempotencyTimerFunctions(IdempotencyStore store, ILogger<IdempotencyTimerFunctions> logger)
{
    /// <summary>
    /// Deletes the records whose lifetime of 24 hours has ended. Runs every night at 04:00 UTC. Requests ignore an expired record, so the
    /// time of the deletion does not matter.
    /// </summary>
    [Function("PruneIdempotencyKeys")]
    public async Task PruneAsync([TimerTrigger("0 0 4 * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        LogPruned(await store.PruneAsync(cancellationToken));

    [LoggerMessage(LogLevel.Information, "Deleted {Records} idempotency records that had expired.")]
    private partial void LogPruned(int records);
}
