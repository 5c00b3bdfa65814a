using System.Text.Json.Serialization;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>The body of a failure.</summary>
internal sealed record ErrorBody([property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("message")] string Message);

[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class ErrorJson : JsonSerializerContext;
