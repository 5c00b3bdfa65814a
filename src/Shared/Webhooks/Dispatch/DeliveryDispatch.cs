using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>
/// What a message of <c>webhook-deliveries</c> comes to: an attempt, or nothing when it was made already or must not be made any more, or
/// the message goes back for a while because it is not this delivery's turn, or the endpoint's circuit breaker is open, or it has as many
/// attempts as it may have. Going back costs a few reads and a message, so an endpoint that hangs takes no room from others.
/// </summary>
public sealed partial class DeliveryDispatch(
    DeliveryStore deliveries,
    EndpointStore endpoints,
    KeyLine line,
    CircuitBreaker breaker,
    EndpointSlots slots,
    DeliveryAttempts attempts,
    DeliveryOutcomes outcomes,
    EndpointDisabling disabling,
    DeliveryQueue queue,
    TimeProvider time,
    ILogger<DeliveryDispatch> logger)
{
    /// <summary>
    /// How long an event waits for an earlier one of its key that has not been fanned out: ten times what the relay of an interrupted
    /// request takes. Past it the earlier one is not going to come, or comes too late.
    /// </summary>
    public static readonly TimeSpan MissingWait = TimeSpan.FromMinutes(10);

    /// <summary>How long an event waits for an earlier one: longer than that one's whole schedule, unless its row was lost.</summary>
    public static readonly TimeSpan PendingWait = DeliverySchedule.DisableAfter;

    private static readonly TimeSpan ShortestDeferral = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDeferral = TimeSpan.FromSeconds(30);

    /// <summary>Returns when the message may be deleted; an exception brings it back.</summary>
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
            await DeferAsync(message, BackOff(message.Deferrals), cancellationToken);
            return;
        }

        await AttemptAsync(message, stored, endpoint, cancellationToken);
    }

    private async Task AttemptAsync(DeliveryMessage message, StoredDelivery stored, StoredEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (!slots.TryEnter(endpoint.Id))
        {
            await DeferAsync(message, BackOff(message.Deferrals), cancellationToken);
            return;
        }

        var left = false;
        try
        {
            var answer = await breaker.AskAsync(endpoint, cancellationToken);
            if (!answer.MayGo)
            {
                // Not all at once when it closes.
                await DeferAsync(message, answer.Wait * (1 + Random.Shared.NextDouble()), cancellationToken);
                return;
            }

            left = true;
            await attempts.RunAsync(message, stored, endpoint, answer.IsTry, () => slots.Leave(endpoint.Id), cancellationToken);
        }
        finally
        {
            if (!left)
            {
                slots.Leave(endpoint.Id);
            }
        }
    }

    private static bool IsStale(DeliveryMessage message, Delivery delivery) =>
        message.Round < delivery.Round
        || (message.Round == delivery.Round && (delivery.Status != DeliveryStatus.Pending || message.Attempt <= delivery.RoundAttempts));

    private async Task<bool> MustWaitAsync(StoredDelivery stored, CancellationToken cancellationToken)
    {
        // A replay is a wish of its own, out of the line.
        if (stored.Delivery is not { Position: { } position, Round: 1 } delivery)
        {
            return false;
        }

        var waited = time.GetUtcNow() - delivery.CreatedAt;
        return await line.TurnOfAsync(stored.Id.Endpoint, position, cancellationToken) switch
        {
            KeyTurn.Now => false,
            KeyTurn.AfterPending => waited < PendingWait,
            _ => waited < MissingWait,
        };
    }

    private Task DeferAsync(DeliveryMessage message, TimeSpan delay, CancellationToken cancellationToken) =>
        queue.SendAsync(message with { Deferrals = message.Deferrals + 1 }, delay, cancellationToken);

    private static TimeSpan BackOff(int deferrals)
    {
        var doubled = ShortestDeferral * (1L << Math.Min(deferrals, 10));
        return doubled < LongestDeferral ? doubled : LongestDeferral;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId} or its endpoint is gone; its message is dropped")]
    private partial void LogGone(DeliveryId deliveryId);
}
