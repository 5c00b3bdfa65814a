using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>
/// A condition of the compiled template, by the words of learn.microsoft.com/azure/frontdoor/rules-match-conditions and
/// learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-custom-rules; shares no code with LocalCloud's.
/// </summary>
/// <param name="fullUris">Whether RequestUri has scheme and host: the pages do not say, and support's answers differ.</param>
internal sealed class FrontDoorCondition(bool fullUris)
{
    /// <summary>Of a rule set's rule.</summary>
    public bool RuleHolds(JsonNode condition, SampleRequest request)
    {
        var parameters = condition["parameters"]!;
        return Holds(
            Text(condition, "name"), (string?)parameters["selector"], Text(parameters, "operator"), (bool?)parameters["negateCondition"] ?? false,
            Texts(parameters["matchValues"]), Texts(parameters["transforms"]), request);
    }

    /// <summary>Of the firewall's rule.</summary>
    public bool FirewallHolds(JsonNode condition, SampleRequest request) => Holds(
        Text(condition, "matchVariable"), (string?)condition["selector"], Text(condition, "operator"), (bool?)condition["negateCondition"] ?? false,
        Texts(condition["matchValue"]), Texts(condition["transforms"]), request);

    private bool Holds(
        string variable, string? selector, string @operator, bool negate, string[] values, string[] transforms, SampleRequest request)
    {
        if (@operator == "GeoMatch")
        {
            return values.Contains(request.Country) != negate;
        }

        var value = transforms.Aggregate(Value(variable, selector, request), Transformed);
        return (value is not null && (@operator == "Any" || values.Any(wanted => Matches(@operator, value, wanted)))) != negate;
    }

    private string? Value(string variable, string? selector, SampleRequest request) => variable switch
    {
        "RequestMethod" => request.Method,
        "RequestScheme" => "HTTPS",
        "RequestHeader" => request.Header(selector!),
        "Cookies" => Cookie(selector!, request),
        "RequestUri" => fullUris ? $"https://{request.Host}{request.Target}" : request.Target,
        "ClientPort" => request.Port.ToString(CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"Which part of a request is {variable}?"),
    };

    private static string? Cookie(string name, SampleRequest request) => request.Header("Cookie")?.Split("; ")
        .Select(cookie => cookie.Split('=', 2))
        .FirstOrDefault(cookie => cookie[0] == name)?[1];

    private static bool Matches(string @operator, string value, string wanted) => @operator switch
    {
        "Equal" => value == wanted,
        "BeginsWith" => value.StartsWith(wanted, StringComparison.Ordinal),
        "RegEx" => Regex.IsMatch(value, wanted, RegexOptions.CultureInvariant),
        _ => throw new NotSupportedException($"When does {@operator} match?"),
    };

    private static string? Transformed(string? value, string transform) => transform switch
    {
        "Lowercase" => value?.ToLowerInvariant(),
        "UrlDecode" => value is null ? null : Uri.UnescapeDataString(value),
        _ => throw new NotSupportedException($"What does {transform} do?"),
    };

    private static string Text(JsonNode item, string property) => item[property]!.GetValue<string>();

    private static string[] Texts(JsonNode? list) => list is JsonArray items ? [.. items.Select(item => item!.GetValue<string>())] : [];
}
