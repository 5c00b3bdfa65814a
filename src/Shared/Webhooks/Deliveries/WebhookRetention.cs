using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Ordering;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <param name="Deliveries">The number of deleted deliveries.</param>
/// <param name="OrderingQueues">The number of deleted ordering queues.</param>
/// <param name="Endpoints">The number of endpoints whose last row was removed after their customers had deleted them.</param>
public sealed record WebhookPruning(int Deliveries, int OrderingQueues, int Endpoints);

/// <summary>Deletes deliveries that are older than the retention period, and the remaining rows of deleted endpoints.</summary>
public sealed class WebhookRetention(EndpointStore endpoints, DeliveryStore deliveries, OrderingQueues ordering, TimeProvider time)
{
    /// <summary>How long a delivery is stored, counted from the time of its event.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromDays(30);

    /// <summary>The most deliveries that one run deletes. The next run continues.</summary>
    private const int MostDeliveries = 200_000;

    public async Task<WebhookPruning> PruneAsync(CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - Period;
        var (rows, queues, forgotten) = (0, 0, 0);
        await foreach (var endpoint in endpoints.AllAsync(cancellationToken))
        {
            var gone = endpoint.Endpoint.Status == EndpointStatus.Deleted;
            // A deleted endpoint loses all rows, even those whose time lies in the future because another instance's clock is ahead.
            var before = gone ? DateTimeOffset.MaxValue : oldest;
            rows += await deliveries.DeleteBeforeAsync(endpoint.Id, before, MostDeliveries - rows, cancellationToken);
            queues += await ordering.DeleteUnchangedSinceAsync(endpoint.Id, gone ? time.GetUtcNow().AddDays(1) : oldest, cancellationToken);
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

        return new WebhookPruning(rows, queues, forgotten);
    }
}
