using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>Sends deliveries again, one or all that have failed. Only messages are sent: whoever gets one begins the new round.</summary>
public sealed class DeliveryReplay(
    EndpointManagement management, DeliveryStore deliveries, DeliveryQueue queue, RecoveryQueue recoveries, TimeProvider time)
{
    /// <summary>A page of failed deliveries is one message's work.</summary>
    private const int PageSize = 100;

    private const int Parallelism = 8;

    /// <returns>The delivery, or a problem: <c>delivery-not-found</c> 404, <c>endpoint-not-active</c> 409.</returns>
    public async Task<Outcome<StoredDelivery>> ReplayAsync(string customerId, string? deliveryId, CancellationToken cancellationToken)
    {
        if (!DeliveryId.TryParse(deliveryId, out var id)
            || (await management.FindAsync(customerId, id.Endpoint.Value, cancellationToken)).Value is not { } endpoint
            || await deliveries.FindAsync(id, cancellationToken) is not { } stored)
        {
            return WebhookProblems.DeliveryNotFound();
        }

        if (endpoint.Endpoint.Status != EndpointStatus.Active)
        {
            return WebhookProblems.EndpointNotActive(EndpointStatuses.NameOf(endpoint.Endpoint.Status));
        }

        await queue.SendAsync(DeliveryMessage.First(customerId, id, stored.Delivery.Round + 1), cancellationToken);
        return stored;
    }

    /// <returns>
    /// The endpoint, or a problem: <c>endpoint-not-found</c> 404, <c>endpoint-not-active</c> 409, <c>invalid-body</c> 422.
    /// </returns>
    public async Task<Outcome<StoredEndpoint>> RecoverAsync(
        string customerId, string? endpointId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (since > now || since < now - WebhookRetention.Period)
        {
            return WebhookProblems.SinceInvalid(WebhookRetention.Period);
        }

        if (!(await management.FindAsync(customerId, endpointId, cancellationToken)).Succeeded(out var endpoint, out var problem))
        {
            return problem;
        }

        if (endpoint.Endpoint.Status != EndpointStatus.Active)
        {
            return WebhookProblems.EndpointNotActive(EndpointStatuses.NameOf(endpoint.Endpoint.Status));
        }

        await recoveries.SendAsync(new RecoveryMessage(customerId, endpoint.Endpoint.Id, since, After: null), delay: null, cancellationToken);
        return endpoint;
    }

    /// <summary>
    /// One page of a recovery; the next is a message of its own. A page that is done again sends the same messages again, which only
    /// the first of each has an effect of.
    /// </summary>
    public async Task RunAsync(RecoveryMessage message, EndpointId endpoint, CancellationToken cancellationToken)
    {
        DeliveryId? after = DeliveryId.TryParse(message.After, out var last) ? last : null;
        var page = await deliveries.ListAsync(endpoint, after, message.Since, DeliveryStatus.Failed, PageSize, cancellationToken);
        await Parallel.ForEachAsync(
            page.Deliveries,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (stored, stop) =>
                await queue.SendAsync(DeliveryMessage.First(message.CustomerId, stored.Id, stored.Delivery.Round + 1), stop));
        if (page.Next is { } next)
        {
            await recoveries.SendAsync(message with { After = next.Value }, delay: null, cancellationToken);
        }
    }
}
