using System.Globalization;
using System.Text.Json;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// Warns a customer once when an endpoint has failed for <see cref="DeliverySchedule.WarnAfter"/>: sends the <c>endpoint.failing</c> event,
/// then marks the endpoint's health. The event's id is computed from the start of the failures. If processing is interrupted between the two
/// steps, the next failure sends the same event again.
/// </summary>
public sealed class EndpointWarning(EndpointStore endpoints, EventQueue events, TimeProvider time)
{
    /// <param name="endpoint">The endpoint as it was read before the failed attempt.</param>
    public async Task WarnIfDueAsync(StoredEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.Health is not { Warned: false, FailingSince: { } since } || time.GetUtcNow() - since < DeliverySchedule.WarnAfter)
        {
            return;
        }

        await events.SendAsync(Event(endpoint.Endpoint, since), cancellationToken);
        await OptimisticUpdate.RunAsync(
            () => endpoints.FindAsync(endpoint.Endpoint.CustomerId, endpoint.Id, cancellationToken),
            async current =>
            {
                if (current is null || current.Health.Warned || current.Health.FailingSince != since)
                {
                    // If the endpoint has succeeded meanwhile, a later series of failures gets its own warning.
                    return (Done: true, Result: true);
                }

                var marked = await endpoints.TryWriteHealthAsync(current, current.Health with { Warned = true }, cancellationToken);
                return (marked, marked);
            },
            cancellationToken,
            // The next failure sends the event again, with the same id.
            exhausted: () => false);
    }

    private static EventEnvelope Event(WebhookEndpoint endpoint, DateTimeOffset since) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"evt_{endpoint.Id}_failing_{since.ToUnixTimeMilliseconds()}"),
        CustomerId = endpoint.CustomerId,
        Type = WebhookEventTypes.EndpointFailing,
        // The time must be the same when the event is sent again.
        Timestamp = since + DeliverySchedule.WarnAfter,
        Data = JsonSerializer.SerializeToElement(
            new EndpointFailingData(endpoint.Id, endpoint.Url, since, since + DeliverySchedule.DisableAfter), WebhookJson.Default.EndpointFailingData),
    };
}

/// <summary>The data of an <c>endpoint.failing</c> event.</summary>
/// <param name="Id">The id of the failing endpoint.</param>
/// <param name="DisableAt">The UTC time after which the next failure disables the endpoint.</param>
[EventData(WebhookEventTypes.EndpointFailing)]
internal sealed record EndpointFailingData(string Id, string Url, DateTimeOffset FailingSince, DateTimeOffset DisableAt);
