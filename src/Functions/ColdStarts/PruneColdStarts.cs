using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>Deletes records that are past their retention, at half past three every night (UTC).</summary>
public sealed partial class PruneColdStarts(InvocationRetention retention, ILogger<PruneColdStarts> logger)
{
    [Function(nameof(PruneColdStarts))]
    public async Task RunAsync([TimerTrigger("0 30 3 * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        Pruned(await retention.PruneAsync(cancellationToken));

    [LoggerMessage(LogLevel.Information, "Deleted {Rows} rows of invocations that are past their retention.")]
    private partial void Pruned(int rows);
}
