using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Webhooks.Dispatch;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>Deletes deliveries that are past their retention, at a quarter to four every night (UTC).</summary>
public sealed partial class PruneWebhooks(WebhookRetention retention, ILogger<PruneWebhooks> logger)
{
    [Function(nameof(PruneWebhooks))]
    public async Task RunAsync([TimerTrigger("0 45 3 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var pruned = await retention.PruneAsync(cancellationToken);
        LogPruned(pruned.Deliveries, pruned.Keys, pruned.Endpoints);
    }

    [LoggerMessage(LogLevel.Information, "Deleted {Deliveries} deliveries, {Keys} keys and {Endpoints} endpoints that are past their retention.")]
    private partial void LogPruned(int deliveries, int keys, int endpoints);
}
