using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <param name="Deliveries">Rows of deliveries that were deleted.</param>
/// <param name="Keys">Rows of ordered keys that were deleted.</param>
/// <param name="Endpoints">Endpoints that their customers had deleted, forgotten now.</param>
public sealed record WebhookPruning(int Deliveries, int Keys, int Endpoints);

/// <summary>Deletes deliveries that are past their retention, and what deleted endpoints have left.</summary>
public sealed class WebhookRetention(EndpointStore endpoints, DeliveryStore deliveries, KeyLine line, TimeProvider time)
{
    /// <summary>How long deliveries are kept, from their event on.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromDays(30);

    /// <summary>Deliveries deleted in one run at most; the next run goes on.</summary>
    private const int MostDeliveries = 200_000;

    public async Task<WebhookPruning> PruneAsync(CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - Period;
        var (rows, keys, forgotten) = (0, 0, 0);
        await foreach (var endpoint in endpoints.AllAsync(cancellationToken))
        {
            var gone = endpoint.Endpoint.Status == EndpointStatus.Deleted;
            // Also what bears a time that is still to come: clocks differ.
            var before = gone ? DateTimeOffset.MaxValue : oldest;
            rows += await deliveries.DeleteBeforeAsync(endpoint.Id, before, MostDeliveries - rows, cancellationToken);
            keys += await line.DeleteUnchangedSinceAsync(endpoint.Id, gone ? time.GetUtcNow().AddDays(1) : oldest, cancellationToken);
            if (rows >= MostDeliveries)
            {
                break;
            }

            if (gone)
            {
                await endpoints.ForgetAsync(endpoint, cancellationToken);
                forgotten++;
            }
        }

        return new WebhookPruning(rows, keys, forgotten);
    }
}
