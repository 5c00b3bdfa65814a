using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Ordering;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>The numbers of rows that one run of <see cref="WebhookRetention"/> deleted.</summary>
/// <param name="Deliveries">The number of deleted deliveries.</param>
/// <param name="OrderingQueues">The number of deleted ordering queues.</param>
/// <param name="Endpoints">The number of endpoint rows removed because the customer had deleted the endpoint.</param>
public sealed record WebhookPruning(int Deliveries, int OrderingQueues, int Endpoints);

/// <summary>Deletes deliveries that are older than the retention period, and the remaining rows of deleted endpoints.</summary>
public sealed class WebhookRetention(EndpointStore endpoints, DeliveryStore deliveries, OrderingQueues ordering, TimeProvider time)
{
    /// <summary>The retention period of a delivery, starting at the time of its event.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromDays(30);

    /// <summary>The maximum number of deliveries that one run deletes. The next run deletes the remaining deliveries.</summary>
    private const int MostDeliveries = 200_000;

    public async Task<WebhookPruning> PruneAsync(CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - Period;
        var (rows, queues, forgotten) = (0, 0, 0);
        await foreach (var endpoint in endpoints.AllAsync(cancellationToken))
        {
            var gone = endpoint.Endpoint.Status == EndpointStatus.Deleted;
            // All rows of a deleted endpoint are removed, even rows with a time in the future. An instance whose clock is ahead may have
            // written such rows.
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
