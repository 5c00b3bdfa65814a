using System.Text.Json.Serialization;

namespace ServerlessScale.StrictCosmos.Control;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(FaultOrder))]
[JsonSerializable(typeof(LatencyOrder))]
[JsonSerializable(typeof(LagOrder))]
[JsonSerializable(typeof(RegionOrder))]
[JsonSerializable(typeof(ServerStatus))]
internal sealed partial class ControlJson : JsonSerializerContext;
