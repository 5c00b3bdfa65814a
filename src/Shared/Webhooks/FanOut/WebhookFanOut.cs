using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.FanOut;

/// <summary>Creates a delivery of an event for each of the customer's endpoints that subscribes to the event's type.</summary>
public sealed class WebhookFanOut(EndpointStore endpoints, DeliveryOpening opening) : IEventHandler
{
    /// <summary>
    /// The number of deliveries that are created concurrently. Each endpoint has its own partition, so the writes do not conflict.
    /// </summary>
    private const int Parallelism = 8;

    public async Task HandleAsync(EventEnvelope envelope, CancellationToken cancellationToken)
    {
        var receivers = await endpoints.ListAsync(envelope.CustomerId, cancellationToken);
        if (receivers.Count == 0)
        {
            return;
        }

        var body = WebhookPayload.Of(envelope);
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
