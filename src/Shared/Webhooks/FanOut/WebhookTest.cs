using System.Text.Json;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Events;

namespace ServerlessScale.Shared.Webhooks.FanOut;

/// <summary>The ids of a test delivery.</summary>
/// <param name="EventId">The <c>webhook-id</c> of the test event.</param>
public sealed record SentTest(DeliveryId DeliveryId, string EventId);

/// <summary>Sends a <c>webhook.test</c> event to one endpoint, even if the endpoint does not subscribe to this event type.</summary>
public sealed class WebhookTest(EndpointManagement management, EventStore events, DeliveryOpening opening)
{
    /// <summary>
    /// Sends the event. Its id and time come from the operation, so a repeated request finds the delivery that an earlier request created.
    /// </summary>
    /// <returns>The delivery, or a problem: <c>endpoint-not-found</c> (404) or <c>endpoint-not-active</c> (409).</returns>
    public async Task<Outcome<SentTest>> SendAsync(string customerId, string? endpointId, Operation operation, CancellationToken cancellationToken)
    {
        if (!(await management.FindActiveAsync(customerId, endpointId, cancellationToken)).Succeeded(out var stored, out var problem))
        {
            return problem;
        }

        var envelope = new EventEnvelope
        {
            Id = "evt_test_" + operation.Characters("test", 32),
            CustomerId = customerId,
            Type = WebhookEventTypes.Test,
            Timestamp = operation.StartedAt,
            Data = JsonSerializer.SerializeToElement(
                new TestData(stored.Endpoint.Id, "This is a test. Nothing has happened."), WebhookJson.Default.TestData),
        };
        var body = WebhookPayload.Of(envelope);
        await events.AddAsync(envelope, body, cancellationToken);
        var delivery = await opening.OpenAsync(stored.Endpoint, stored.Id, envelope, body, cancellationToken);
        return new SentTest(delivery, envelope.Id);
    }
}

/// <summary>The data of a <c>webhook.test</c> event.</summary>
[EventData(WebhookEventTypes.Test)]
internal sealed record TestData(string EndpointId, string Message);
