using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>An action of a rule, with the same structure as Front Door's DeliveryRuleAction.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "name")]
[JsonDerivedType(typeof(ModifyRequestHeader), nameof(ModifyRequestHeader))]
[JsonDerivedType(typeof(ModifyResponseHeader), nameof(ModifyResponseHeader))]
[JsonDerivedType(typeof(UrlRewrite), nameof(UrlRewrite))]
[JsonDerivedType(typeof(UrlRedirect), nameof(UrlRedirect))]
[JsonDerivedType(typeof(RouteConfigurationOverride), nameof(RouteConfigurationOverride))]
public abstract record RuleAction;

/// <summary>Changes a header of the request to the origin.</summary>
public sealed record ModifyRequestHeader(HeaderParameters Parameters) : RuleAction;

/// <summary>Changes a header of the response to the client, whether the response comes from an origin or from the cache.</summary>
public sealed record ModifyResponseHeader(HeaderParameters Parameters) : RuleAction;

/// <param name="HeaderAction">
/// The kind of change. Append joins values with a comma, except for Set-Cookie, where it adds another header.
/// </param>
/// <param name="HeaderName">The header to change.</param>
/// <param name="Value">The value, which may contain server variables such as <c>{client_ip}</c>.</param>
public sealed record HeaderParameters(HeaderAction HeaderAction, string HeaderName, string Value = "");

[JsonConverter(typeof(JsonStringEnumConverter<HeaderAction>))]
public enum HeaderAction
{
    Append,
    Overwrite,
    Delete,
}

/// <summary>Changes the path of the request to the origin. The edge does not select the route again.</summary>
public sealed record UrlRewrite(UrlRewrite.RewriteParameters Parameters) : RuleAction
{
    /// <param name="SourcePattern">The prefix of the path to replace; <c>/</c> matches every path.</param>
    /// <param name="Destination">The replacement, which may contain server variables.</param>
    /// <param name="PreserveUnmatchedPath">Whether the rest of the path is appended to the replacement.</param>
    public sealed record RewriteParameters(string SourcePattern, string Destination, bool PreserveUnmatchedPath = false);
}

/// <summary>Responds with a redirect instead of forwarding the request to an origin.</summary>
public sealed record UrlRedirect(UrlRedirect.RedirectParameters Parameters) : RuleAction
{
    /// <summary>
    /// The components of the redirect URL. If the host, path or query string is null, the value from the request is used. All three may
    /// contain server variables. If the fragment is null, the URL has no fragment.
    /// </summary>
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

/// <summary>Replaces the origin group or the cache configuration of the route.</summary>
public sealed record RouteConfigurationOverride(RouteConfigurationOverride.OverrideParameters Parameters) : RuleAction
{
    /// <param name="OriginGroup">The name of the origin group; null to keep the route's origin group.</param>
    /// <param name="CacheConfiguration">The cache configuration; null to disable caching, as in Front Door.</param>
    public sealed record OverrideParameters(string? OriginGroup = null, CacheConfiguration? CacheConfiguration = null);
}
