using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// Disables an endpoint and announces that to the customer's other endpoints. Writes the endpoint's row with the time, then sends the
/// event <c>endpoint.disabled</c>, whose id follows from the row, then marks the row as announced. When an interruption stops this in
/// between, the next message for the disabled endpoint finds no mark and sends the same event again.
/// </summary>
public sealed partial class EndpointDisabling(
    EndpointStore endpoints, EventQueue events, TimeProvider time, ILogger<EndpointDisabling> logger)
{
    /// <exception cref="ContentionException">The endpoint was changed during every attempt to disable it.</exception>
    public async Task DisableAsync(StoredEndpoint endpoint, DisableReason reason, CancellationToken cancellationToken)
    {
        var (customerId, id) = (endpoint.Endpoint.CustomerId, endpoint.Id);
        await OptimisticUpdate.RunAsync(
            () => endpoints.FindAsync(customerId, id, cancellationToken),
            async current =>
            {
                if (current is not { Endpoint.Status: EndpointStatus.Active } || current.Endpoint.Url != endpoint.Endpoint.Url)
                {
                    // The endpoint is gone or inactive, or its customer has given it another URL, which deserves attempts of its own.
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

    /// <summary>Sends the event of a disabled endpoint, unless it was announced before.</summary>
    public async Task AnnounceAsync(StoredEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.Endpoint is not { Status: EndpointStatus.Disabled, Disabled: { Announced: false } disabled })
        {
            return;
        }

        await events.SendAsync(Event(endpoint.Endpoint, disabled), cancellationToken);
        // When the endpoint was changed meanwhile, the mark is not written and the event is sent once more, under the same id.
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
        _ => string.Create(CultureInfo.InvariantCulture, $"Every attempt for {DeliverySchedule.DisableAfter.TotalDays} days has failed."),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Endpoint {EndpointId} is disabled: {Reason}")]
    private partial void LogDisabled(string endpointId, DisableReason reason);
}

/// <summary>The data of <c>endpoint.disabled</c>.</summary>
/// <param name="Id">The disabled endpoint.</param>
/// <param name="Reason">A sentence for people.</param>
internal sealed record EndpointDisabledData(string Id, string Url, string Reason, DateTimeOffset DisabledAt)
{
    /// <returns>The id of the disabled endpoint; null when the event's data have another shape.</returns>
    public static string? EndpointOf(EventEnvelope envelope) =>
        envelope.Data.ValueKind == JsonValueKind.Object && envelope.Data.TryGetProperty("id", out var id) ? id.GetString() : null;
}

/// <summary>The reason, for the customer, why a delivery to an inactive endpoint failed.</summary>
internal static class InactiveReason
{
    public static string Of(EndpointStatus status) => status == EndpointStatus.Paused
        ? "The endpoint was paused. Make it active, then recover or replay."
        : "The endpoint was disabled. Correct it, make it active, then recover or replay.";
}
