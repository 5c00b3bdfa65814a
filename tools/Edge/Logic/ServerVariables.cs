using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessScale.Edge.Logic;

/// <summary>Expands Front Door's server variables, such as <c>{client_ip}</c>, in the parameters of actions.</summary>
internal static partial class ServerVariables
{
    private const string RequestHeaderPrefix = "http_req_header_";

    private static readonly Dictionary<string, Func<EdgeRequest, string>> Variables = new(StringComparer.Ordinal)
    {
        ["client_ip"] = request => request.ClientAddress.ToString(),
        ["client_port"] = request => request.ClientPort.ToString(CultureInfo.InvariantCulture),
        ["geo_country"] = request => request.Country,
        ["hostname"] = request => request.Host,
        ["http_method"] = request => request.Method,
        ["http_version"] = request => $"HTTP/{request.HttpVersion}",
        ["query_string"] = request => request.QueryString,
        ["request_scheme"] = request => request.Scheme,
        ["request_uri"] = request => request.Uri,
        ["socket_ip"] = request => request.SocketAddress.ToString(),
        ["url_path"] = request => request.Path.TrimStart('/'),
    };

    /// <summary>The names of all variables except the <c>http_req_header_</c> variables for request headers.</summary>
    public static IReadOnlyCollection<string> Names => Variables.Keys;

    public static IEnumerable<string> NamesIn(string text) => Braces().Matches(text).Select(match => match.Groups[1].Value);

    public static bool IsKnown(string name) =>
        Variables.ContainsKey(name) || (name.StartsWith(RequestHeaderPrefix, StringComparison.Ordinal) && name.Length > RequestHeaderPrefix.Length);

    /// <summary>Replaces each variable in the text with its value.</summary>
    public static string Expand(string text, EdgeRequest request) => text.Contains('{', StringComparison.Ordinal)
        ? Braces().Replace(text, match => ValueOf(match.Groups[1].Value, request))
        : text;

    private static string ValueOf(string name, EdgeRequest request) => Variables.TryGetValue(name, out var value)
        ? value(request)
        : request.Header(name[RequestHeaderPrefix.Length..]) ?? "";

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Braces();
}
