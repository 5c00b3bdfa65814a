using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Ordering;

namespace ServerlessScale.Shared.Webhooks.FanOut;

/// <summary>
/// Creates the delivery of an event to an endpoint in three steps: adds the event to the ordering queue, writes the delivery's row, and
/// queues the message for the first attempt. All steps can be repeated safely. If the fan-out of an event is interrupted, the <c>events</c>
/// queue delivers the event again, and all steps run again.
/// </summary>
public sealed class DeliveryOpening(DeliveryStore deliveries, DeliveryQueue queue, OrderingQueues ordering, TimeProvider time)
{
    public async Task<DeliveryId> OpenAsync(WebhookEndpoint endpoint, EndpointId id, EventEnvelope envelope, byte[] body, CancellationToken cancellationToken)
    {
        var delivery = New(endpoint, envelope);
        if (delivery.Position is { } position)
        {
            await ordering.EnterAsync(id, position, endpoint.OrderedSince!.Value, cancellationToken);
        }

        var deliveryId = DeliveryId.Of(id, envelope.Id, envelope.Timestamp);
        await deliveries.TryAddAsync(deliveryId, delivery, body, cancellationToken);
        await queue.SendAsync(DeliveryMessage.First(envelope.CustomerId, deliveryId, delivery.Round), cancellationToken);
        return deliveryId;
    }

    /// <summary>Stores a delivery to an inactive endpoint as failed, so that the customer can recover the delivery later.</summary>
    public async Task OpenAsFailedAsync(
        WebhookEndpoint endpoint, EndpointId id, EventEnvelope envelope, byte[] body, CancellationToken cancellationToken)
    {
        await PassAsync(endpoint, id, envelope, cancellationToken);
        var delivery = New(endpoint, envelope).Fail(InactiveReason.Of(endpoint.Status));
        await deliveries.TryAddAsync(DeliveryId.Of(id, envelope.Id, envelope.Timestamp), delivery, body, cancellationToken);
    }

    /// <summary>
    /// Marks an event as settled because it will not be sent to the endpoint. Later events with the same key then do not wait for it.
    /// </summary>
    public Task PassAsync(WebhookEndpoint endpoint, EndpointId id, EventEnvelope envelope, CancellationToken cancellationToken) =>
        endpoint.OrderedSince is { } since && envelope.Position is { } position
            ? ordering.PassAsync(id, position, since, cancellationToken)
            : Task.CompletedTask;

    private Delivery New(WebhookEndpoint endpoint, EventEnvelope envelope)
    {
        var now = time.GetUtcNow();
        return new Delivery
        {
            CustomerId = envelope.CustomerId,
            EventId = envelope.Id,
            EventType = envelope.Type,
            CreatedAt = now,
            Position = endpoint.OrderedSince is null ? null : envelope.Position,
            Status = DeliveryStatus.Pending,
            NextAttemptAt = now,
        };
    }
}
