using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Images;

/// <summary>Where an image is on its way; in JSON in kebab case.</summary>
[JsonConverter(typeof(ImageStatusJsonConverter))]
public enum ImageStatus
{
    /// <summary>An upload URL was handed out; nothing is there for anyone to see yet.</summary>
    AwaitingUpload,

    /// <summary>The original is stored and its job is queued.</summary>
    Queued,

    /// <summary>A worker has taken the job.</summary>
    Processing,

    /// <summary>All variants are stored. Final.</summary>
    Ready,

    /// <summary>There will be no variants; the manifest's error says why. Final.</summary>
    Failed,
}

/// <summary>Public for the source generators of other assemblies.</summary>
public sealed class ImageStatusJsonConverter()
    : JsonStringEnumConverter<ImageStatus>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);
