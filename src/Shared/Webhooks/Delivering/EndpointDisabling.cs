using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// Disables an endpoint and notifies the customer's other endpoints in three steps: writes the status and the time to the endpoint's row,
/// sends the <c>endpoint.disabled</c> event, and marks the row as announced. The event's id is computed from the row. If processing is
/// interrupted before the last step, the next message for the endpoint causes the same event to be sent again.
/// </summary>
public sealed partial class EndpointDisabling(
    EndpointStore endpoints, EventQueue events, TimeProvider time, ILogger<EndpointDisabling> logger)
{
    /// <exception cref="ContentionException">
    /// The endpoint could not be disabled, because other requests changed it during every attempt.
    /// </exception>
    public async Task DisableAsync(StoredEndpoint endpoint, DisableReason reason, CancellationToken cancellationToken)
    {
        var (customerId, id) = (endpoint.Endpoint.CustomerId, endpoint.Id);
        await OptimisticUpdate.RunAsync(
            () => endpoints.FindAsync(customerId, id, cancellationToken),
            async current =>
            {
                if (current is not { Endpoint.Status: EndpointStatus.Active } || current.Endpoint.Url != endpoint.Endpoint.Url)
                {
                    // The endpoint is deleted or inactive, or the customer has changed its URL. Failures at the old URL do not count
                    // against the new one.
                    return (Done: true, Result: false);
                }

                var disabled = current.Endpoint with
                {
                    Status = EndpointStatus.Disabled,
                    Disabled = new EndpointDisablement(time.GetUtcNow(), TextOf(reason), Announced: false),
                };
                var written = await endpoints.TryReplaceAsync(current, disabled, cancellationToken);
                if (written)
                {
                    LogDisabled(disabled.Id, reason);
                }

                return (Done: written, Result: true);
            },
            cancellationToken);

        if (await endpoints.FindAsync(customerId, id, cancellationToken) is { } stored)
        {
            await AnnounceAsync(stored, cancellationToken);
        }
    }

    /// <summary>
    /// Sends the <c>endpoint.disabled</c> event for a disabled endpoint, unless the endpoint's row is marked as announced.
    /// </summary>
    public async Task AnnounceAsync(StoredEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.Endpoint is not { Status: EndpointStatus.Disabled, Disabled: { Announced: false } disabled })
        {
            return;
        }

        await events.SendAsync(Event(endpoint.Endpoint, disabled), cancellationToken);
        // An endpoint that another request has changed since it was read is not marked. In that case, the event is sent again later, with
        // the same id.
        await endpoints.TryReplaceAsync(
            endpoint, endpoint.Endpoint with { Disabled = disabled with { Announced = true } }, cancellationToken);
    }

    private static EventEnvelope Event(WebhookEndpoint endpoint, EndpointDisablement disabled) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"evt_{endpoint.Id}_disabled_{disabled.At.ToUnixTimeMilliseconds()}"),
        CustomerId = endpoint.CustomerId,
        Type = WebhookEventTypes.EndpointDisabled,
        Timestamp = disabled.At,
        Data = JsonSerializer.SerializeToElement(
            new EndpointDisabledData(endpoint.Id, endpoint.Url, disabled.Reason, disabled.At), WebhookJson.Default.EndpointDisabledData),
    };

    private static string TextOf(DisableReason reason) => reason switch
    {
        DisableReason.Gone => "The receiver responded with 410 Gone.",
        _ => string.Create(
            CultureInfo.InvariantCulture, $"All attempts in the last {DeliverySchedule.DisableAfter.TotalDays} days have failed."),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Endpoint {EndpointId} is disabled: {Reason}")]
    private partial void LogDisabled(string endpointId, DisableReason reason);
}

/// <summary>The data of an <c>endpoint.disabled</c> event.</summary>
/// <param name="Id">The id of the disabled endpoint.</param>
/// <param name="Reason">A sentence for the customer.</param>
[EventData(WebhookEventTypes.EndpointDisabled)]
internal sealed record EndpointDisabledData(string Id, string Url, string Reason, DateTimeOffset DisabledAt)
{
    /// <returns>The id of the endpoint that an <c>endpoint.*</c> event is about; null when the event's data do not contain it.</returns>
    public static string? EndpointOf(EventEnvelope envelope) =>
        envelope.Data.ValueKind == JsonValueKind.Object && envelope.Data.TryGetProperty("id", out var id) ? id.GetString() : null;
}

/// <summary>Explains to the customer why a delivery to an inactive endpoint failed.</summary>
internal static class InactiveReason
{
    public static string Of(EndpointStatus status) => status == EndpointStatus.Paused
        ? "The endpoint was paused. Set its status to active, then recover or replay the delivery."
        : "The endpoint was disabled. Correct the problem, set its status to active, then recover or replay the delivery.";
}
