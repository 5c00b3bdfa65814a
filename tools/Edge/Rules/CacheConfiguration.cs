using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>The cache settings of a route or of a RouteConfigurationOverride action, as in Front Door.</summary>
public sealed record CacheConfiguration
{
    public required QueryStringCachingBehavior QueryStringCachingBehavior { get; init; }

    /// <summary>
    /// The query parameters that <c>IgnoreSpecifiedQueryStrings</c> ignores or <c>IncludeSpecifiedQueryStrings</c> includes.
    /// </summary>
    public IReadOnlyList<string> QueryParameters { get => field ?? []; init; }

    public required CacheBehavior CacheBehavior { get; init; }

    /// <summary>The lifetime for the two overriding cache behaviours. The format in the file is <c>[d.]hh:mm:ss</c>.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan? CacheDuration { get; init; }

    public required bool IsCompressionEnabled { get; init; }

    /// <summary>The media types to compress for clients that accept compression.</summary>
    public IReadOnlyList<string> ContentTypesToCompress { get => field ?? []; init; }
}

/// <summary>Determines which query parameters are part of the cache key. Their order never matters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<QueryStringCachingBehavior>))]
public enum QueryStringCachingBehavior
{
    IgnoreQueryString,
    UseQueryString,
    IgnoreSpecifiedQueryStrings,
    IncludeSpecifiedQueryStrings,
}

/// <summary>
/// Determines whether the origin or the route sets the cache lifetime of a response. A response with a <c>private</c>, <c>no-store</c> or
/// <c>no-cache</c> directive is never cached, regardless of this setting.
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
