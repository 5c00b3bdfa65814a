using System.Text.Json.Serialization;

namespace ServerlessScale.Local.Edge.Rules.Reading;

[JsonSerializable(typeof(EdgeRules))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    AllowOutOfOrderMetadataProperties = true)]
internal sealed partial class EdgeRulesJson : JsonSerializerContext;
