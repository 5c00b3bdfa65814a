using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>A condition of a rule, in the shape of Front Door's DeliveryRuleCondition.</summary>
public sealed record RuleCondition
{
    public required MatchVariable Name { get; init; }

    public required ConditionParameters Parameters { get; init; }

    public sealed record ConditionParameters
    {
        /// <summary>The name of the header or cookie.</summary>
        public string? Selector { get; init; }

        public required ConditionOperator Operator { get; init; }

        public bool NegateCondition { get; init; }

        /// <summary>One that matches is enough.</summary>
        public IReadOnlyList<string> MatchValues { get => field ?? []; init; }

        public IReadOnlyList<ConditionTransform> Transforms { get => field ?? []; init; }
    }
}

/// <summary>What a condition looks at. The names are those of Front Door's rule conditions and of its WAF's match variables.</summary>
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

    /// <summary>The WAF's name for <see cref="RemoteAddress"/>.</summary>
    RemoteAddr,
    SocketAddr,
}

[JsonConverter(typeof(JsonStringEnumConverter<ConditionOperator>))]
public enum ConditionOperator
{
    /// <summary>There is a value.</summary>
    Any,
    Equal,
    Contains,
    BeginsWith,
    EndsWith,

    /// <summary>This and the three after it compare the value's length.</summary>
    LessThan,
    LessThanOrEqual,
    GreaterThan,
    GreaterThanOrEqual,
    RegEx,
    Wildcard,
    IPMatch,
    GeoMatch,
}

/// <summary>Done to the value before it is compared, in the order given.</summary>
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
