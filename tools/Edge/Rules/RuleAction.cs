using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>What a rule that matched does, in the shape of Front Door's DeliveryRuleAction.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "name")]
[JsonDerivedType(typeof(ModifyRequestHeader), nameof(ModifyRequestHeader))]
[JsonDerivedType(typeof(ModifyResponseHeader), nameof(ModifyResponseHeader))]
[JsonDerivedType(typeof(UrlRewrite), nameof(UrlRewrite))]
[JsonDerivedType(typeof(UrlRedirect), nameof(UrlRedirect))]
[JsonDerivedType(typeof(RouteConfigurationOverride), nameof(RouteConfigurationOverride))]
public abstract record RuleAction;

/// <summary>Changes what the origin is sent.</summary>
public sealed record ModifyRequestHeader(HeaderParameters Parameters) : RuleAction;

/// <summary>Changes what the client is answered, whether it comes from an origin or from the cache.</summary>
public sealed record ModifyResponseHeader(HeaderParameters Parameters) : RuleAction;

/// <param name="HeaderAction">Append adds to a value that is there with a comma; for Set-Cookie it is one more header.</param>
/// <param name="HeaderName">Which header.</param>
/// <param name="Value">May name server variables: <c>{client_ip}</c>.</param>
public sealed record HeaderParameters(HeaderAction HeaderAction, string HeaderName, string Value = "");

[JsonConverter(typeof(JsonStringEnumConverter<HeaderAction>))]
public enum HeaderAction
{
    Append,
    Overwrite,
    Delete,
}

/// <summary>Changes the path that the origin is asked for; the route stays the one that the client's path chose.</summary>
public sealed record UrlRewrite(UrlRewrite.RewriteParameters Parameters) : RuleAction
{
    /// <param name="SourcePattern">The beginning of a path; <c>/</c> is every path.</param>
    /// <param name="Destination">What takes its place; may name server variables.</param>
    /// <param name="PreserveUnmatchedPath">Whether the rest of the path is kept behind the destination.</param>
    public sealed record RewriteParameters(string SourcePattern, string Destination, bool PreserveUnmatchedPath = false);
}

/// <summary>Answers with a redirection and asks no origin.</summary>
public sealed record UrlRedirect(UrlRedirect.RedirectParameters Parameters) : RuleAction
{
    /// <summary>A part that is null is that of the request; there is no fragment then. The others may name server variables.</summary>
    public sealed record RedirectParameters(
        RedirectType RedirectType,
        DestinationProtocol DestinationProtocol = DestinationProtocol.MatchRequest,
        string? CustomHostname = null,
        string? CustomPath = null,
        string? CustomQueryString = null,
        string? CustomFragment = null);
}

[JsonConverter(typeof(JsonStringEnumConverter<RedirectType>))]
public enum RedirectType
{
    Moved = 301,
    Found = 302,
    TemporaryRedirect = 307,
    PermanentRedirect = 308,
}

[JsonConverter(typeof(JsonStringEnumConverter<DestinationProtocol>))]
public enum DestinationProtocol
{
    MatchRequest,
    Http,
    Https,
}

/// <summary>Another origin group or another caching than the route's.</summary>
public sealed record RouteConfigurationOverride(RouteConfigurationOverride.OverrideParameters Parameters) : RuleAction
{
    /// <param name="OriginGroup">Null for the route's.</param>
    /// <param name="CacheConfiguration">Null caches nothing: an override that does not configure caching turns it off.</param>
    public sealed record OverrideParameters(string? OriginGroup = null, CacheConfiguration? CacheConfiguration = null);
}
