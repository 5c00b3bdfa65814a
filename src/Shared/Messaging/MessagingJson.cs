using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Messaging;

/// <summary>The JSON format of queue messages. Names are in camelCase, and unknown members from newer versions are ignored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EventEnvelope))]
internal sealed partial class MessagingJson : JsonSerializerContext;
