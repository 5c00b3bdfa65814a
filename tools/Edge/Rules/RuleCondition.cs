using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>A condition of a rule, in the shape of Front Door's DeliveryRuleCondition.</summary>
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

        /// <summary>The condition holds when at least one of these values matches.</summary>
        public IReadOnlyList<string> MatchValues { get => field ?? []; init; }

        public IReadOnlyList<ConditionTransform> Transforms { get => field ?? []; init; }
    }
}

/// <summary>The part of a request that a condition compares. The names are those of Front Door's rule conditions and of its firewall's match variables.</summary>
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
    /// <summary>The request has a value, whatever it is.</summary>
    Any,
    Equal,
    Contains,
    BeginsWith,
    EndsWith,

    /// <summary>The value is shorter than a given number of characters.</summary>
    LessThan,

    /// <summary>The value has at most a given number of characters.</summary>
    LessThanOrEqual,

    /// <summary>The value is longer than a given number of characters.</summary>
    GreaterThan,

    /// <summary>The value has at least a given number of characters.</summary>
    GreaterThanOrEqual,
    RegEx,
    Wildcard,
    IPMatch,
    GeoMatch,
}

/// <summary>A change of the value before it is compared. Transforms are applied in the given order.</summary>
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
