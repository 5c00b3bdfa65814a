using System.Text.Json.Serialization;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

[JsonSerializable(typeof(ColdStartReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ColdStartJson : JsonSerializerContext;
