using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>A condition of a rule, with the same structure as Front Door's DeliveryRuleCondition.</summary>
public sealed record RuleCondition
{
    public required MatchVariable Name { get; init; }

    public required ConditionParameters Parameters { get; init; }

    public sealed record ConditionParameters
    {
        /// <summary>The name of the header or cookie to compare.</summary>
        public string? Selector { get; init; }

        public required ConditionOperator Operator { get; init; }

        public bool NegateCondition { get; init; }

        /// <summary>The values to compare with. The condition is true if at least one of them matches.</summary>
        public IReadOnlyList<string> MatchValues { get => field ?? []; init; }

        public IReadOnlyList<ConditionTransform> Transforms { get => field ?? []; init; }
    }
}

/// <summary>
/// The property of a request that a condition compares. The names come from Front Door's rule conditions and firewall match variables.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<MatchVariable>))]
public enum MatchVariable
{
    RequestMethod,
    RequestScheme,
    HttpVersion,
    RequestHeader,
    Cookies,
    QueryString,
    RequestUri,
    HostName,
    UrlPath,
    UrlFileName,
    UrlFileExtension,
    ClientPort,
    RemoteAddress,

    /// <summary>The firewall's name for <see cref="RemoteAddress"/>.</summary>
    RemoteAddr,
    SocketAddr,
}

[JsonConverter(typeof(JsonStringEnumConverter<ConditionOperator>))]
public enum ConditionOperator
{
    /// <summary>True if the request has the value to compare. The value itself does not matter.</summary>
    Any,
    Equal,
    Contains,
    BeginsWith,
    EndsWith,

    /// <summary>True if the value is shorter than the given number of characters.</summary>
    LessThan,

    /// <summary>True if the value has at most the given number of characters.</summary>
    LessThanOrEqual,

    /// <summary>True if the value is longer than the given number of characters.</summary>
    GreaterThan,

    /// <summary>True if the value has at least the given number of characters.</summary>
    GreaterThanOrEqual,
    RegEx,
    Wildcard,
    IPMatch,
    GeoMatch,
}

/// <summary>A transformation of the value before the comparison. Several transformations are applied in the given order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConditionTransform>))]
public enum ConditionTransform
{
    Lowercase,
    Uppercase,
    Trim,
    RemoveNulls,
    UrlDecode,
    UrlEncode,
}
