using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>
/// Opens the delivery of an event to an endpoint: its place in the line of its key, then its row, then its message. Whoever is
/// interrupted between does all of it again, which changes nothing that is there.
/// </summary>
public sealed class DeliveryOpening(DeliveryStore deliveries, DeliveryQueue queue, KeyLine line, TimeProvider time)
{
    public async Task<DeliveryId> OpenAsync(WebhookEndpoint endpoint, EndpointId id, EventEnvelope envelope, byte[] body, CancellationToken cancellationToken)
    {
        var delivery = New(endpoint, envelope);
        if (delivery.Position is { } position)
        {
            await line.EnterAsync(id, position, endpoint.OrderedSince!.Value, cancellationToken);
        }

        var deliveryId = DeliveryId.Of(id, envelope.Id, envelope.Timestamp);
        await deliveries.TryAddAsync(deliveryId, delivery, body, cancellationToken);
        await queue.SendAsync(DeliveryMessage.First(envelope.CustomerId, deliveryId, delivery.Round), cancellationToken);
        return deliveryId;
    }

    /// <summary>For an endpoint that is not sent to: the delivery is there to be recovered.</summary>
    public async Task OpenAsFailedAsync(
        WebhookEndpoint endpoint, EndpointId id, EventEnvelope envelope, byte[] body, CancellationToken cancellationToken)
    {
        await PassAsync(endpoint, id, envelope, cancellationToken);
        var delivery = New(endpoint, envelope).Fail(InactiveReason.Of(endpoint.Status));
        await deliveries.TryAddAsync(DeliveryId.Of(id, envelope.Id, envelope.Timestamp), delivery, body, cancellationToken);
    }

    /// <summary>For an event that the endpoint has not asked for: those behind it do not wait for it.</summary>
    public Task PassAsync(WebhookEndpoint endpoint, EndpointId id, EventEnvelope envelope, CancellationToken cancellationToken) =>
        endpoint.OrderedSince is { } since && envelope.Position is { } position
            ? line.PassAsync(id, position, since, cancellationToken)
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
