using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>How responses are cached, as in Front Door's routes and in its RouteConfigurationOverride action.</summary>
public sealed record CacheConfiguration
{
    public required QueryStringCachingBehavior QueryStringCachingBehavior { get; init; }

    /// <summary>The parameters that the two <c>Specified</c> behaviours ignore or include.</summary>
    public IReadOnlyList<string> QueryParameters { get => field ?? []; init; }

    public required CacheBehavior CacheBehavior { get; init; }

    /// <summary>The lifetime that the two overriding behaviours use; written as <c>[d.]hh:mm:ss</c>.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan? CacheDuration { get; init; }

    public required bool IsCompressionEnabled { get; init; }

    /// <summary>The media types that are compressed for clients that accept a compressed response.</summary>
    public IReadOnlyList<string> ContentTypesToCompress { get => field ?? []; init; }
}

/// <summary>Which query parameters are part of the cache key. Their order never matters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<QueryStringCachingBehavior>))]
public enum QueryStringCachingBehavior
{
    IgnoreQueryString,
    UseQueryString,
    IgnoreSpecifiedQueryStrings,
    IncludeSpecifiedQueryStrings,
}

/// <summary>
/// Whether the origin or the route decides how long a response is cached. A response that says <c>private</c>, <c>no-store</c> or
/// <c>no-cache</c> is never cached.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<CacheBehavior>))]
public enum CacheBehavior
{
    HonorOrigin,
    OverrideAlways,
    OverrideIfOriginMissing,
}

internal sealed class DurationConverter : JsonConverter<TimeSpan?>
{
    public override TimeSpan? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.Parse(reader.GetString()!, CultureInfo.InvariantCulture);

    public override void Write(Utf8JsonWriter writer, TimeSpan? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value?.ToString("c", CultureInfo.InvariantCulture));
}
