using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>The compiled condition of a rule or a firewall rule. It can be evaluated against any number of requests.</summary>
internal sealed class Condition
{
    private readonly MatchVariable _variable;
    private readonly string? _selector;
    private readonly bool _negate;
    private readonly IReadOnlyList<ConditionTransform> _transforms;
    private readonly Func<string?, EdgeRequest, bool> _holds;

    public Condition(RuleCondition condition)
        : this(
            condition.Name, condition.Parameters.Selector, condition.Parameters.Operator, condition.Parameters.NegateCondition,
            condition.Parameters.MatchValues, condition.Parameters.Transforms)
    {
    }

    public Condition(WafCondition condition)
        : this(
            condition.MatchVariable, condition.Selector, condition.Operator, condition.NegateCondition, condition.MatchValue,
            condition.Transforms)
    {
    }

    private Condition(
        MatchVariable variable, string? selector, ConditionOperator @operator, bool negate, IReadOnlyList<string> values,
        IReadOnlyList<ConditionTransform> transforms)
    {
        _variable = variable;
        _selector = selector;
        _negate = negate;
        _transforms = transforms;
        _holds = Comparison(variable, @operator, values);
    }

    public bool Holds(EdgeRequest request)
    {
        var value = ValueIn(request);
        foreach (var transform in value is null ? [] : _transforms)
        {
            value = Transformed(value!, transform);
        }

        return _holds(value, request) != _negate;
    }

    /// <returns>
    /// The text to compare; null if the request has no such value, or if the condition matches an address or a country. Text comparisons
    /// with null are false.
    /// </returns>
    private string? ValueIn(EdgeRequest request) => _variable switch
    {
        MatchVariable.RequestMethod => request.Method,
        MatchVariable.RequestScheme => request.Scheme,
        MatchVariable.HttpVersion => request.HttpVersion,
        MatchVariable.RequestHeader => request.Header(_selector!),
        MatchVariable.Cookies => request.Cookie(_selector!),
        MatchVariable.QueryString => request.QueryString is { Length: > 0 } query ? query : null,
        MatchVariable.RequestUri => request.Uri,
        MatchVariable.HostName => request.Host,
        MatchVariable.UrlPath => request.Path.TrimStart('/'),
        MatchVariable.UrlFileName => FileName(request),
        MatchVariable.UrlFileExtension => Path.GetExtension(FileName(request)) is { Length: > 1 } extension ? extension[1..] : null,
        MatchVariable.ClientPort => request.ClientPort.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string? FileName(EdgeRequest request) =>
        request.Path[(request.Path.LastIndexOf('/') + 1)..] is { Length: > 0 } name ? name : null;

    private static Func<string?, EdgeRequest, bool> Comparison(MatchVariable variable, ConditionOperator @operator, IReadOnlyList<string> values)
    {
        // Case is ignored for methods, schemes and versions, because no two of their valid values differ only in case.
        var comparison = variable is MatchVariable.RequestMethod or MatchVariable.RequestScheme or MatchVariable.HttpVersion
            ? StringComparison.OrdinalIgnoreCase
            : StringComparison.Ordinal;
        return @operator switch
        {
            ConditionOperator.Any => (value, _) => value is not null,
            ConditionOperator.Equal => AnyOf(values, (value, wanted) => string.Equals(value, wanted, comparison)),
            ConditionOperator.Contains => AnyOf(values, (value, wanted) => value.Contains(wanted, StringComparison.Ordinal)),
            ConditionOperator.BeginsWith => AnyOf(values, (value, wanted) => value.StartsWith(wanted, StringComparison.Ordinal)),
            ConditionOperator.EndsWith => AnyOf(values, (value, wanted) => value.EndsWith(wanted, StringComparison.Ordinal)),
            ConditionOperator.LessThan => Lengths(values, (length, limit) => length < limit),
            ConditionOperator.LessThanOrEqual => Lengths(values, (length, limit) => length <= limit),
            ConditionOperator.GreaterThan => Lengths(values, (length, limit) => length > limit),
            ConditionOperator.GreaterThanOrEqual => Lengths(values, (length, limit) => length >= limit),
            ConditionOperator.RegEx => Patterns(values.Select(EdgeRegex.Create)),
            ConditionOperator.Wildcard => Patterns(values.Select(AsRegex)),
            ConditionOperator.IPMatch => Addresses(variable, values),
            ConditionOperator.GeoMatch => (_, request) => values.Contains(request.Country, StringComparer.Ordinal),
            _ => throw new ArgumentOutOfRangeException(nameof(@operator), @operator, "Unknown operator."),
        };
    }

    private static Func<string?, EdgeRequest, bool> AnyOf(IReadOnlyList<string> values, Func<string, string, bool> matches) =>
        (value, _) => value is not null && values.Any(wanted => matches(value, wanted));

    private static Func<string?, EdgeRequest, bool> Lengths(IReadOnlyList<string> values, Func<int, int, bool> matches)
    {
        var limits = values.Select(limit => int.Parse(limit, CultureInfo.InvariantCulture)).ToArray();
        return (value, _) => value is not null && limits.Any(limit => matches(value.Length, limit));
    }

    private static Func<string?, EdgeRequest, bool> Patterns(IEnumerable<Regex> patterns)
    {
        var compiled = patterns.ToArray();
        return (value, _) => value is not null && compiled.Any(pattern => pattern.IsMatch(value));
    }

    private static Regex AsRegex(string wildcard) =>
        EdgeRegex.Create($"^{Regex.Escape(wildcard).Replace(@"\*", ".*", StringComparison.Ordinal)}$");

    private static Func<string?, EdgeRequest, bool> Addresses(MatchVariable variable, IReadOnlyList<string> blocks)
    {
        var networks = blocks.Select(AsNetwork).ToArray();
        return (_, request) =>
        {
            var address = variable == MatchVariable.SocketAddr ? request.SocketAddress : request.ClientAddress;
            return networks.Any(network => network.Contains(address));
        };
    }

    private static IPNetwork AsNetwork(string block)
    {
        if (IPNetwork.TryParse(block, out var network))
        {
            return network;
        }

        var address = IPAddress.Parse(block);
        return new(address, address.GetAddressBytes().Length * 8);
    }

    private static string Transformed(string value, ConditionTransform transform) => transform switch
    {
        ConditionTransform.Lowercase => value.ToLowerInvariant(),
        ConditionTransform.Uppercase => value.ToUpperInvariant(),
        ConditionTransform.Trim => value.Trim(),
        ConditionTransform.RemoveNulls => value.Replace("\0", "", StringComparison.Ordinal),
        ConditionTransform.UrlDecode => Uri.UnescapeDataString(value),
        ConditionTransform.UrlEncode => Uri.EscapeDataString(value),
        _ => throw new ArgumentOutOfRangeException(nameof(transform), transform, "Unknown transform."),
    };
}
