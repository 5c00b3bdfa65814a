using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Messaging;

/// <summary>Messages: camelCase, unknown members of newer versions ignored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EventEnvelope))]
internal sealed partial class MessagingJson : JsonSerializerContext;
