using System.Globalization;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>Sends deliveries again, either a single delivery (replay) or all failed deliveries of an endpoint (recovery).</summary>
public sealed class DeliveryReplay(
    EndpointManagement management,
    DeliveryQueries queries,
    DeliveryStore deliveries,
    DeliveryQueue queue,
    RecoveryQueue recoveries,
    TimeProvider time)
{
    /// <summary>The number of failed deliveries that one recovery message handles.</summary>
    private const int PageSize = 100;

    private const int Parallelism = 8;

    /// <summary>
    /// Queues the first attempt of a delivery's next round. The round begins when the attempt is made. The operation notes the round, so a
    /// repeated request queues the same round again, and <see cref="DeliveryDispatch"/> recognises the second message as stale.
    /// </summary>
    /// <returns>The delivery, or a problem: <c>delivery-not-found</c> (404) or <c>endpoint-not-active</c> (409).</returns>
    public async Task<Outcome<StoredDelivery>> ReplayAsync(
        string customerId, string? deliveryId, Operation operation, CancellationToken cancellationToken)
    {
        if (!(await queries.FindAsync(customerId, deliveryId, cancellationToken)).Succeeded(out var found, out var problem))
        {
            return problem;
        }

        var (endpoint, stored) = found;
        if (endpoint.Endpoint.Status != EndpointStatus.Active)
        {
            return WebhookProblems.EndpointNotActive(endpoint.Endpoint.Status);
        }

        if (operation.Note is null)
        {
            await operation.NoteAsync((stored.Delivery.Round + 1).ToString(CultureInfo.InvariantCulture), bodyDigest: null, cancellationToken);
        }

        var round = operation.Note is { } noted ? int.Parse(noted, CultureInfo.InvariantCulture) : stored.Delivery.Round + 1;
        await queue.SendAsync(DeliveryMessage.First(customerId, stored.Id, round), cancellationToken);
        return stored;
    }

    /// <summary>Queues the recovery of an endpoint's failed deliveries.</summary>
    /// <returns>
    /// The endpoint, or a problem: <c>endpoint-not-found</c> (404), <c>endpoint-not-active</c> (409) or <c>invalid-body</c> (422).
    /// </returns>
    public async Task<Outcome<StoredEndpoint>> StartRecoveryAsync(
        string customerId, string? endpointId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (since > now || since < now - WebhookRetention.Period)
        {
            return WebhookProblems.SinceInvalid(WebhookRetention.Period);
        }

        if (!(await management.FindActiveAsync(customerId, endpointId, cancellationToken)).Succeeded(out var endpoint, out var problem))
        {
            return problem;
        }

        await recoveries.SendAsync(new RecoveryMessage(customerId, endpoint.Endpoint.Id, since, After: null), delay: null, cancellationToken);
        return endpoint;
    }

    /// <summary>
    /// Replays one page of failed deliveries and queues the next page. When a page is processed twice, a second message is queued for the
    /// same round of each delivery. <see cref="DeliveryDispatch"/> recognises such a message as stale.
    /// </summary>
    public async Task RunRecoveryPageAsync(RecoveryMessage message, EndpointId endpoint, CancellationToken cancellationToken)
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
