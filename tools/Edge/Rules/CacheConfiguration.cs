using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>How a route's answers are cached, as in Front Door's route and its RouteConfigurationOverride action.</summary>
public sealed record CacheConfiguration
{
    public required QueryStringCachingBehavior QueryStringCachingBehavior { get; init; }

    /// <summary>Which parameters are ignored, or are the only ones that count.</summary>
    public IReadOnlyList<string> QueryParameters { get => field ?? []; init; }

    public required CacheBehavior CacheBehavior { get; init; }

    /// <summary>For the two overriding behaviours.</summary>
    [JsonConverter(typeof(CacheDurationConverter))]
    public TimeSpan? CacheDuration { get; init; }

    public required bool IsCompressionEnabled { get; init; }

    public IReadOnlyList<string> ContentTypesToCompress { get => field ?? []; init; }
}

/// <summary>Which part of the query string belongs to an answer's cache key. The order of parameters never matters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<QueryStringCachingBehavior>))]
public enum QueryStringCachingBehavior
{
    IgnoreQueryString,
    UseQueryString,
    IgnoreSpecifiedQueryStrings,
    IncludeSpecifiedQueryStrings,
}

/// <summary>Whose word counts for how long an answer is kept. None of them keeps what says private, no-store or no-cache.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CacheBehavior>))]
public enum CacheBehavior
{
    HonorOrigin,
    OverrideAlways,
    OverrideIfOriginMissing,
}
