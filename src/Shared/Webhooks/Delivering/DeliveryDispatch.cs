using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Ordering;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// Handles a message from the <c>webhook-deliveries</c> queue. Makes the attempt, unless the attempt was already made or must no longer be
/// made. Defers the message when an earlier event with the same key must be sent first, when the endpoint's rate limit or its circuit
/// breaker does not allow the attempt, or when the endpoint has reached its limit of concurrent attempts. Deferring a message costs only a few reads and one queue message, so an
/// unresponsive endpoint does not reduce the capacity for other endpoints.
/// </summary>
public sealed partial class DeliveryDispatch(
    DeliveryStore deliveries,
    EndpointStore endpoints,
    OrderingQueues ordering,
    AttemptPacing pacing,
    AttemptPermits permits,
    DeliveryAttempts attempts,
    DeliveryOutcomes outcomes,
    EndpointDisabling disabling,
    DeliveryQueue queue,
    TimeProvider time,
    ILogger<DeliveryDispatch> logger)
{
    /// <summary>
    /// The maximum time that a delivery waits for an earlier event with the same key that has not been fanned out. The relay publishes the
    /// event for an interrupted request within a tenth of this time, so an event that is still missing afterwards is no longer expected.
    /// </summary>
    public static readonly TimeSpan MissingWait = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The maximum time that a delivery waits for an earlier delivery with the same key. The retry schedule is shorter than this time, so
    /// the earlier delivery ends sooner unless its row was lost.
    /// </summary>
    public static readonly TimeSpan PendingWait = DeliverySchedule.DisableAfter;

    private static readonly TimeSpan ShortestDeferral = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDeferral = TimeSpan.FromSeconds(30);

    /// <summary>Handles the message. If this method throws an exception, the queue delivers the message again.</summary>
    public async Task RunAsync(DeliveryMessage message, DeliveryId id, CancellationToken cancellationToken)
    {
        if (await deliveries.FindAsync(id, cancellationToken) is not { } stored)
        {
            LogGone(id);
            return;
        }

        if (IsStale(message, stored.Delivery))
        {
            await outcomes.SettleAsync(stored, cancellationToken);
            return;
        }

        if (message.Round > stored.Delivery.Round)
        {
            stored = stored with { Delivery = stored.Delivery.Begin(message.Round, time.GetUtcNow()) };
        }

        if (await endpoints.FindAsync(message.CustomerId, id.Endpoint, cancellationToken) is not { } endpoint)
        {
            LogGone(id);
            return;
        }

        if (endpoint.Endpoint.Status != EndpointStatus.Active)
        {
            await disabling.AnnounceAsync(endpoint, cancellationToken);
            await outcomes.FailAsync(stored, InactiveReason.Of(endpoint.Endpoint.Status), cancellationToken);
            return;
        }

        if (await MustWaitAsync(stored, cancellationToken))
        {
            await DeferAsync(message, Backoff(message.Deferrals), cancellationToken);
            return;
        }

        // While the circuit breaker is open, no time is reserved, because the attempt would not be made.
        if (endpoint.Endpoint.RateLimit is not null && !(endpoint.Health.OpenUntil > time.GetUtcNow()))
        {
            var paced = await pacing.AskAsync(endpoint, message.Reserved, cancellationToken);
            if (paced.Wait > TimeSpan.Zero || paced.Endpoint is null)
            {
                await queue.SendAsync(message with { Reserved = paced.Reserved }, paced.Wait, cancellationToken);
                return;
            }

            endpoint = paced.Endpoint;
        }

        var (permit, breakerOpenFor) = await permits.TryAcquireAsync(endpoint, cancellationToken);
        if (permit is not null)
        {
            await attempts.RunAsync(message, stored, endpoint, permit, cancellationToken);
            return;
        }

        // Jitter spreads the deferred messages over time, so that they do not all arrive when the breaker becomes half open.
        var delay = breakerOpenFor is { } open ? open * (1 + Random.Shared.NextDouble()) : Backoff(message.Deferrals);
        await DeferAsync(message, delay, cancellationToken);
    }

    private static bool IsStale(DeliveryMessage message, Delivery delivery) =>
        message.Round < delivery.Round
        || (message.Round == delivery.Round && (delivery.Status != DeliveryStatus.Pending || message.Attempt <= delivery.RoundAttempts));

    private async Task<bool> MustWaitAsync(StoredDelivery stored, CancellationToken cancellationToken)
    {
        // The customer requested this replay, so the delivery is sent immediately, regardless of its position in the ordering queue.
        if (stored.Delivery is not { Position: { } position, Round: 1 } delivery)
        {
            return false;
        }

        var waited = time.GetUtcNow() - delivery.CreatedAt;
        return await ordering.TurnOfAsync(stored.Id.Endpoint, position, cancellationToken) switch
        {
            OrderingTurn.Now => false,
            OrderingTurn.AfterPending => waited < PendingWait,
            _ => waited < MissingWait,
        };
    }

    private Task DeferAsync(DeliveryMessage message, TimeSpan delay, CancellationToken cancellationToken) =>
        queue.SendAsync(message with { Deferrals = message.Deferrals + 1, Reserved = null }, delay, cancellationToken);

    private static TimeSpan Backoff(int deferrals)
    {
        var doubled = ShortestDeferral * (1L << Math.Min(deferrals, 10));
        return doubled < LongestDeferral ? doubled : LongestDeferral;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId} or its endpoint was deleted. The message is dropped.")]
    private partial void LogGone(DeliveryId deliveryId);
}
