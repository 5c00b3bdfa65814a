using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Events;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>The representation of an endpoint in the API.</summary>
internal sealed record EndpointView
{
    public required string Id { get; init; }

    public required string Url { get; init; }

    public required string Status { get; init; }

    /// <summary>The subscribed event types; empty when the endpoint receives all types.</summary>
    public required IReadOnlyList<string> EventTypes { get; init; }

    public string? Description { get; init; }

    public required bool Ordered { get; init; }

    public required SignatureKind Signature { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The time of the first failure since the last success.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public EndpointDisabledView? Disabled { get; init; }

    /// <summary>The secret. Only the responses to creation and rotation contain it.</summary>
    public string? Secret { get; init; }

    /// <summary>The end of the period in which webhooks are also signed with the previous secret.</summary>
    public DateTimeOffset? PreviousSecretUntil { get; init; }

    public static EndpointView Of(StoredEndpoint stored, string? secret = null)
    {
        var endpoint = stored.Endpoint;
        return new EndpointView
        {
            Id = endpoint.Id,
            Url = endpoint.Url,
            Status = WireNames<EndpointStatus>.Of(endpoint.Status),
            EventTypes = endpoint.EventTypes,
            Description = endpoint.Description,
            Ordered = endpoint.OrderedSince is not null,
            Signature = endpoint.Signature,
            CreatedAt = endpoint.CreatedAt,
            FailingSince = stored.Health.FailingSince,
            Disabled = endpoint.Disabled is { } disabled ? new EndpointDisabledView(disabled.At, disabled.Reason) : null,
            Secret = secret,
            PreviousSecretUntil = endpoint.Secrets.PreviousUntil,
        };
    }
}

internal sealed record EndpointDisabledView(DateTimeOffset At, string Reason);

/// <param name="NextCursor">The cursor of the next page; omitted on the last page.</param>
internal sealed record EndpointPageView(IReadOnlyList<EndpointView> Endpoints, string? NextCursor);

/// <summary>The representation of a delivery in the API.</summary>
internal sealed record DeliveryView
{
    public required string Id { get; init; }

    public required string EndpointId { get; init; }

    public required string EventId { get; init; }

    public required string EventType { get; init; }

    public required string Status { get; init; }

    /// <summary>The reason for the failure; null unless the delivery failed.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>All attempts, oldest first.</summary>
    public required IReadOnlyList<DeliveryAttempt> Attempts { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>
    /// The text of the body that every attempt sends, so that a customer can verify a signature against it. Only the response with a single
    /// delivery contains it.
    /// </summary>
    public string? Payload { get; init; }

    public static DeliveryView Of(FoundDelivery found) =>
        Of(found.Stored, found.Endpoint.Health.OpenUntil) with { Payload = Encoding.UTF8.GetString(found.Stored.Body) };

    /// <param name="openUntil">The time at which the open circuit breaker allows the next attempt; null when the breaker is closed.</param>
    public static DeliveryView Of(StoredDelivery stored, DateTimeOffset? openUntil = null) => new()
    {
        Id = stored.Id.Value,
        EndpointId = stored.Id.Endpoint.Value,
        EventId = stored.Delivery.EventId,
        EventType = stored.Delivery.EventType,
        Status = WireNames<DeliveryStatus>.Of(stored.Delivery.Status),
        Reason = stored.Delivery.Reason,
        CreatedAt = stored.Delivery.CreatedAt,
        Attempts = stored.Delivery.Attempts,
        NextAttemptAt = stored.Delivery.NextAttemptAt is { } next && openUntil > next ? openUntil : stored.Delivery.NextAttemptAt,
    };
}

/// <param name="NextCursor">The cursor of the next page; omitted on the last page.</param>
internal sealed record DeliveryPageView(IReadOnlyList<DeliveryView> Deliveries, string? NextCursor);

/// <summary>The representation of an event in the API.</summary>
internal sealed record EventView
{
    public required string Id { get; init; }

    public required string Type { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The details of the event. Together with the type and the timestamp, they form the payload of the deliveries.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>The deliveries of the event. Only the response with a single event contains them.</summary>
    public IReadOnlyList<EventDeliveryView>? Deliveries { get; init; }

    public static EventView Of(StoredEvent stored) => new() { Id = stored.Id, Type = stored.Type, Timestamp = stored.Timestamp, Data = stored.Data };

    public static EventView Of(EventWithDeliveries found) =>
        Of(found.Event) with { Deliveries = [.. found.Deliveries.Select(EventDeliveryView.Of)] };
}

/// <summary>The state of one delivery of an event.</summary>
/// <param name="AttemptCount">The number of stored attempts.</param>
internal sealed record EventDeliveryView(string Id, string EndpointId, string Status, int AttemptCount, DateTimeOffset? NextAttemptAt)
{
    public static EventDeliveryView Of(StoredDelivery stored) => new(
        stored.Id.Value, stored.Id.Endpoint.Value, WireNames<DeliveryStatus>.Of(stored.Delivery.Status), stored.Delivery.Attempts.Count,
        stored.Delivery.NextAttemptAt);
}

/// <param name="NextCursor">The cursor of the next page; omitted on the last page.</param>
internal sealed record EventPageView(IReadOnlyList<EventView> Events, string? NextCursor);

/// <summary>The response to <c>POST /api/webhooks/endpoints/{id}/test</c>.</summary>
internal sealed record TestView(string DeliveryId, string EventId);

/// <summary>The request body of <c>POST /api/webhooks/endpoints/{id}/recover</c>.</summary>
internal sealed record RecoveryRequest
{
    [JsonConverter(typeof(Rfc3339Converter))]
    public required DateTimeOffset Since { get; init; }
}

/// <summary>Serializes the bodies of webhook requests and responses. Names are in camelCase, and nulls are omitted.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EndpointRequest))]
[JsonSerializable(typeof(EndpointChange))]
[JsonSerializable(typeof(EndpointView))]
[JsonSerializable(typeof(EndpointPageView))]
[JsonSerializable(typeof(DeliveryView))]
[JsonSerializable(typeof(DeliveryPageView))]
[JsonSerializable(typeof(EventView))]
[JsonSerializable(typeof(EventPageView))]
[JsonSerializable(typeof(TestView))]
[JsonSerializable(typeof(RecoveryRequest))]
internal sealed partial class WebhookBodies : JsonSerializerContext;
