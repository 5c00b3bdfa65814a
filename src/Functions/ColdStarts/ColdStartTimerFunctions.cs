using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>The timer-triggered function for invocation records.</summary>
public sealed partial class ColdStartTimerFunctions(InvocationRetention retention, ILogger<ColdStartTimerFunctions> logger)
{
    /// <summary>Deletes the records that are older than <see cref="InvocationRetention.Period"/>. Runs every night at 03:30 UTC.</summary>
    [Function("PruneColdStarts")]
    public async Task PruneAsync([TimerTrigger("0 30 3 * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        Pruned(await retention.PruneAsync(cancellationToken));

    [LoggerMessage(LogLevel.Information, "Deleted {Rows} invocation rows that were older than the retention period.")]
    private partial void Pruned(int rows);
}
