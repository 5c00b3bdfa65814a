using System.Net;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Webhooks.Sending.Urls;

/// <summary>The problems with an endpoint's URL. The values of the <c>reason</c> member are part of the HTTP contract.</summary>
internal static class WebhookUrlProblems
{
    public static Problem NotAbsolute() => Refused("not-absolute", "Send an absolute URL, such as https://example.com/webhooks.");

    public static Problem Malformed() => Refused("malformed", "The URL is malformed: its host or port cannot be parsed.");

    public static Problem TooLong(int length) =>
        Refused("too-long", $"The URL has {length} characters. At most {WebhookUrl.MaxLength} are accepted.");

    public static Problem UnencodedCharacter(char character, int index) => Refused(
        "unencoded-character",
        $"The character U+{(int)character:X4} at position {index} is not allowed in a URL. Percent-encode it. In a host name, use the xn-- "
        + "form (Punycode).");

    public static Problem NotHttps(string scheme) => Refused(
        "not-https", $"The scheme is {Quote(scheme)}. Only https is accepted.");

    public static Problem Credentials() => Refused(
        "credentials", "The URL must not contain a user name, a password or an @ before its path. To authenticate deliveries, verify webhook-signature.");

    public static Problem Fragment() => Refused("fragment", "The URL has a fragment (#), which is never sent to a server. Remove the fragment.");

    public static Problem Port(int port) => Refused(
        "port", $"The port is {port}. Only 443 and 1024 to 65535 are accepted.");

    public static Problem ZoneId() => Refused("zone-id", "The address has a zone (%), so it belongs to a local network.");

    public static Problem UnusualAddress(string host) => Refused(
        "unusual-address", $"The host {Quote(host)} is an IP address in an unusual notation. Use four decimal numbers or a host name.");

    public static Problem SpecialAddress(IPAddress address, string use) => Refused(
        "special-address", $"{address} is not a public address: {use}.");

    public static Problem ResolvesToSpecialAddress(string host, IPAddress address, string use) => Refused(
        "resolves-to-special-address", $"{Quote(host)} resolves to {address}, which is not a public address: {use}.");

    public static Problem Unresolvable(string host) => Refused(
        "unresolvable", $"The host name {Quote(host)} has no address in the DNS.");

    public static Problem TrailingDot(string host) => Refused(
        "trailing-dot", $"The host {Quote(host)} ends with a dot. Remove the dot.");

    public static Problem InvalidHostName(string host) => Refused(
        "invalid-host-name", $"{Quote(host)} is not a host name. A host name has at most 253 characters. Each part between the dots has 1 to 63 letters, digits and inner hyphens.");

    public static Problem PrivateName(string host, string suffix) => Refused(
        "private-name", $"{Quote(host)} is not a name in the public DNS, because .{suffix.ToLowerInvariant()} is reserved.");

    public static Problem SingleLabel(string host) => Refused(
        "single-label", $"{Quote(host)} has no dot, so it can only be a name in a local network.");

    private static Problem Refused(string reason, string detail) =>
        new(422, "webhook-url-refused", "Webhooks cannot be sent to this URL", detail)
        {
            Pointer = "/url",
            Extensions = new Dictionary<string, object?> { ["reason"] = reason },
        };

    /// <summary>Quotes a value that the client sent, cut off after 100 characters.</summary>
    private static string Quote(string text) => text.Length <= 100 ? $"'{text}'" : $"'{text[..100]}...'";
}
