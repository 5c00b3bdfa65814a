using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Events;

namespace ServerlessScale.Shared.Webhooks.FanOut;

/// <summary>
/// Stores an event in the customer's history, then creates a delivery of the event for each of the customer's endpoints that subscribes to
/// the event's type. If the fan-out is interrupted, the <c>events</c> queue delivers the event again, and all steps run again.
/// </summary>
public sealed class WebhookFanOut(EventStore events, EndpointStore endpoints, DeliveryOpening opening) : IEventHandler
{
    /// <summary>
    /// The number of deliveries that are created concurrently. Each endpoint has its own partition, so the writes do not conflict.
    /// </summary>
    private const int Parallelism = 8;

    public async Task HandleAsync(EventEnvelope envelope, CancellationToken cancellationToken)
    {
        var body = WebhookPayload.Of(envelope);
        // The event is stored before its first delivery. The endpoints are read at the same time, so that storing the event does not delay
        // its deliveries.
        var listing = endpoints.ListAsync(envelope.CustomerId, cancellationToken);
        await Task.WhenAll(events.AddAsync(envelope, body, cancellationToken), listing);
        var receivers = await listing;
        // A disabled endpoint does not receive the event that announces its own disabling.
        var about = envelope.Type == WebhookEventTypes.EndpointDisabled ? EndpointDisabledData.EndpointOf(envelope) : null;
        await Parallel.ForEachAsync(
            receivers.Where(receiver => receiver.Endpoint.Id != about),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (receiver, stop) => await OpenAsync(receiver, envelope, body, stop));
    }

    private Task OpenAsync(StoredEndpoint receiver, EventEnvelope envelope, byte[] body, CancellationToken cancellationToken)
    {
        var endpoint = receiver.Endpoint;
        return !endpoint.Wants(envelope.Type) ? opening.PassAsync(endpoint, receiver.Id, envelope, cancellationToken)
            : endpoint.Status == EndpointStatus.Active ? opening.OpenAsync(endpoint, receiver.Id, envelope, body, cancellationToken)
            : opening.OpenAsFailedAsync(endpoint, receiver.Id, envelope, body, cancellationToken);
    }
}
