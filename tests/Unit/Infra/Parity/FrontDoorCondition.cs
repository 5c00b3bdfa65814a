using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>
/// Evaluates a condition of the compiled template according to https://learn.microsoft.com/azure/frontdoor/rules-match-conditions and
/// https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-custom-rules. This class shares no code with tools/Edge,
/// so it does not repeat mistakes in tools/Edge.
/// </summary>
/// <param name="fullUris">
/// Whether RequestUri contains the scheme and the host. The documentation does not specify this, and Microsoft's support has given both
/// answers.
/// </param>
internal sealed class FrontDoorCondition(bool fullUris)
{
    /// <summary>Returns whether a request matches a condition of a routing rule.</summary>
    public bool RuleHolds(JsonNode condition, SampleRequest request)
    {
        var parameters = condition["parameters"]!;
        return Holds(
            Text(condition, "name"), (string?)parameters["selector"], Text(parameters, "operator"), (bool?)parameters["negateCondition"] ?? false,
            Texts(parameters["matchValues"]), Texts(parameters["transforms"]), request);
    }

    /// <summary>Returns whether a request matches a condition of a firewall rule.</summary>
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
        // The documentation states that the path has no leading slash.
        "UrlPath" => request.Target.Split('?')[0].TrimStart('/'),
        "ClientPort" => request.Port.ToString(CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"The variable {variable} is not supported."),
    };

    private static string? Cookie(string name, SampleRequest request) => request.Header("Cookie")?.Split("; ")
        .Select(cookie => cookie.Split('=', 2))
        .FirstOrDefault(cookie => cookie[0] == name)?[1];

    private static bool Matches(string @operator, string value, string wanted) => @operator switch
    {
        "Equal" => value == wanted,
        "BeginsWith" => value.StartsWith(wanted, StringComparison.Ordinal),
        "RegEx" => Regex.IsMatch(value, wanted, RegexOptions.CultureInvariant),
        _ => throw new NotSupportedException($"The operator {@operator} is not supported."),
    };

    private static string? Transformed(string? value, string transform) => transform switch
    {
        "Lowercase" => value?.ToLowerInvariant(),
        "UrlDecode" => value is null ? null : Uri.UnescapeDataString(value),
        _ => throw new NotSupportedException($"The transform {transform} is not supported."),
    };

    private static string Text(JsonNode item, string property) => item[property]!.GetValue<string>();

    private static string[] Texts(JsonNode? list) => list is JsonArray items ? [.. items.Select(item => item!.GetValue<string>())] : [];
}
