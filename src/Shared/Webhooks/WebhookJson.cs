using System.Text.Json.Serialization;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Events;
using ServerlessScale.Shared.Webhooks.FanOut;
using ServerlessScale.Shared.Webhooks.Ordering;

namespace ServerlessScale.Shared.Webhooks;

/// <summary>
/// The JSON format of stored endpoints and deliveries, queue messages and payloads. Names are in camelCase, and nulls are omitted.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(WebhookEndpoint))]
[JsonSerializable(typeof(EndpointHealth))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(DeliveryMessage))]
[JsonSerializable(typeof(RecoveryMessage))]
[JsonSerializable(typeof(OrderingProgress))]
[JsonSerializable(typeof(WebhookPayload))]
[JsonSerializable(typeof(EventCursorContent))]
[JsonSerializable(typeof(TestData))]
[JsonSerializable(typeof(EndpointDisabledData))]
internal sealed partial class WebhookJson : JsonSerializerContext;
