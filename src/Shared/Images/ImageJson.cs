using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Images;

/// <summary>What is stored and queued: camelCase, nulls left out, unknown members of newer versions ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(ImageJobMessage))]
[JsonSerializable(typeof(ImageEventData))]
internal sealed partial class ImageJson : JsonSerializerContext;
