using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>
/// Ends the sending to an endpoint and says so to the customer's others: first the endpoint's row, which keeps the moment, then the
/// event, which follows from it, then a mark that it was sent. Whoever meets a disabled endpoint without the mark sends it again.
/// </summary>
public sealed partial class EndpointDisabling(
    EndpointStore endpoints, EventQueue events, TimeProvider time, ILogger<EndpointDisabling> logger)
{
    private const int MostAttempts = 5;

    public async Task DisableAsync(StoredEndpoint endpoint, DisableReason reason, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await endpoints.FindAsync(endpoint.Endpoint.CustomerId, endpoint.Id, cancellationToken) is not { } current)
            {
                return;
            }

            if (current.Endpoint.Status != EndpointStatus.Active)
            {
                await AnnounceAsync(current, cancellationToken);
                return;
            }

            if (current.Endpoint.Url != endpoint.Endpoint.Url)
            {
                // It was mended meanwhile.
                return;
            }

            var disabled = current.Endpoint with
            {
                Status = EndpointStatus.Disabled,
                Disabled = new EndpointDisablement(time.GetUtcNow(), TextOf(reason), Announced: false),
            };
            if (await endpoints.TryReplaceAsync(current, disabled, cancellationToken))
            {
                LogDisabled(disabled.Id, reason);
            }
        }

        throw new TimeoutException($"The endpoint {endpoint.Endpoint.Id} is changed too often at once.");
    }

    /// <summary>Does nothing when it was announced, or is not disabled.</summary>
    public async Task AnnounceAsync(StoredEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.Endpoint is not { Status: EndpointStatus.Disabled, Disabled: { Announced: false } disabled })
        {
            return;
        }

        await events.SendAsync(Event(endpoint.Endpoint, disabled), cancellationToken);
        // When somebody else has changed the endpoint, it may be said once more: it is the same event then.
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
        DisableReason.Gone => "It answered 410 Gone.",
        _ => string.Create(CultureInfo.InvariantCulture, $"Every attempt of {DeliverySchedule.DisableAfter.TotalDays} days has failed."),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Endpoint {EndpointId} is disabled: {Reason}")]
    private partial void LogDisabled(string endpointId, DisableReason reason);
}
