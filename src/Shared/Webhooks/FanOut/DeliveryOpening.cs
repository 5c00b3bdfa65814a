using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Ordering;

namespace ServerlessScale.Shared.Webhooks.FanOut;

/// <summary>
/// Opens the delivery of an event to an endpoint. Writes the event's place in the ordering queue, then the delivery's row, then the
/// message. When an interruption stops this in between, the event's message is delivered again and all steps are repeated. Repeating a
/// step that was carried out changes nothing.
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

    /// <summary>Stores a failed delivery for an endpoint that is not active, so that the customer can recover the delivery later.</summary>
    public async Task OpenAsFailedAsync(
        WebhookEndpoint endpoint, EndpointId id, EventEnvelope envelope, byte[] body, CancellationToken cancellationToken)
    {
        await PassAsync(endpoint, id, envelope, cancellationToken);
        var delivery = New(endpoint, envelope).Fail(InactiveReason.Of(endpoint.Status));
        await deliveries.TryAddAsync(DeliveryId.Of(id, envelope.Id, envelope.Timestamp), delivery, body, cancellationToken);
    }

    /// <summary>Settles an event that the endpoint does not subscribe to, so that later events of the key do not wait for it.</summary>
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
