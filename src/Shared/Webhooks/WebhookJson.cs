using System.Text.Json.Serialization;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Dispatch;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks;

/// <summary>Endpoints, deliveries and messages as they are stored, queued and sent: camelCase, nulls left out.</summary>
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
[JsonSerializable(typeof(KeyProgress))]
[JsonSerializable(typeof(WebhookBody))]
[JsonSerializable(typeof(TestData))]
[JsonSerializable(typeof(EndpointDisabledData))]
internal sealed partial class WebhookJson : JsonSerializerContext;
