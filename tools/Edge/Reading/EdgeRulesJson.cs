using System.Text.Json.Serialization;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Reading;

[JsonSerializable(typeof(EdgeRules))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    AllowOutOfOrderMetadataProperties = true)]
internal sealed partial class EdgeRulesJson : JsonSerializerContext;
