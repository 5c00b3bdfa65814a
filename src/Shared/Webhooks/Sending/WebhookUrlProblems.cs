using System.Net;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>Why a URL is refused, in one place; the member <c>reason</c> of each is part of the contract.</summary>
internal static class WebhookUrlProblems
{
    public static Problem NotAbsolute() => Refused("not-absolute", "Send an absolute URL, such as https://example.com/webhooks.");

    public static Problem Malformed() => Refused("malformed", "This is not a URL: its host or port cannot be read.");

    public static Problem TooLong(int length) =>
        Refused("too-long", $"The URL has {length} characters; at most {WebhookUrl.MaxLength} are accepted.");

    public static Problem UnencodedCharacter(char character, int index) => Refused(
        "unencoded-character",
        $"The character U+{(int)character:X4} at position {index} must not stand in a URL as it is: percent-encode it, and write a host "
        + "name of other scripts in its xn-- form.");

    public static Problem NotHttps(string scheme) => Refused(
        "not-https", $"The scheme is {Quote(scheme)}; deliveries go to https only.");

    public static Problem Credentials() => Refused(
        "credentials", "The URL holds a user name, a password or an @ before its path. Deliveries are signed instead: verify webhook-signature.");

    public static Problem Fragment() => Refused("fragment", "A fragment (#) is never sent to a server; leave it out.");

    public static Problem Port(int port) => Refused(
        "port", $"The port is {port}; deliveries go to 443 or to a port from 1024 to 65535.");

    public static Problem ZoneId() => Refused("zone-id", "An address with a zone (%) is one of a local network.");

    public static Problem UnusualAddress(string host) => Refused(
        "unusual-address", $"The host {Quote(host)} is an IP address in a spelling that is not accepted: write four decimal numbers, or a host name.");

    public static Problem SpecialAddress(IPAddress address, string use) => Refused(
        "special-address", $"{address} is not a public address: {use}.");

    public static Problem ResolvesToSpecialAddress(string host, IPAddress address, string use) => Refused(
        "resolves-to-special-address", $"{Quote(host)} resolves to {address}, which is not a public address: {use}.");

    public static Problem Unresolvable(string host) => Refused(
        "unresolvable", $"There is no address for {Quote(host)} in the DNS.");

    public static Problem TrailingDot(string host) => Refused(
        "trailing-dot", $"The host {Quote(host)} ends in a dot; leave the dot out.");

    public static Problem InvalidHostName(string host) => Refused(
        "invalid-host-name", $"{Quote(host)} is not a host name: labels of 1 to 63 letters, digits and inner hyphens, 253 characters in all.");

    public static Problem PrivateName(string host, string suffix) => Refused(
        "private-name", $"{Quote(host)} is not a name of the public DNS: .{suffix.ToLowerInvariant()} is reserved.");

    public static Problem SingleLabel(string host) => Refused(
        "single-label", $"{Quote(host)} has no dot, so it is a name of a local network.");

    private static Problem Refused(string reason, string detail) =>
        new(422, "webhook-url-refused", "The URL cannot be delivered to", detail)
        {
            Pointer = "/url",
            Extensions = new Dictionary<string, object?> { ["reason"] = reason },
        };

    /// <summary>What a client sent is repeated to it, but not at any length.</summary>
    private static string Quote(string text) => text.Length <= 100 ? $"'{text}'" : $"'{text[..100]}...'";
}
