using System.Net;
using System.Net.Sockets;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Webhooks.Sending.Urls;

/// <summary>
/// Checks the syntax of an endpoint's URL. A URL that two parsers could interpret differently is rejected rather than corrected, so that
/// the sender connects to exactly the host that was checked. This class does not resolve host names. <see cref="WebhookUrlPolicy"/>
/// resolves them when an endpoint is created, and <see cref="ConnectGuard"/> resolves them for every connection.
/// </summary>
public static class WebhookUrl
{
    public const int MaxLength = 2048;

    /// <summary>
    /// The regular expression (ECMA-262) in the API description: printable ASCII characters except the backslash. A URL needs further
    /// properties, which <see cref="Check"/> lists.
    /// </summary>
    public const string Pattern = @"^[!-\[\]-~]+$";

    /// <summary>The lowest allowed port other than 443. Lower ports belong to other protocols, such as mail and SSH.</summary>
    private const int FirstUnprivilegedPort = 1024;

    /// <returns>
    /// The URL, or a <c>webhook-url-refused</c> problem. The problem's <c>reason</c> member is part of the HTTP contract.
    /// </returns>
    public static Outcome<Uri> Check(string? url, WebhookUrlOptions options)
    {
        if (string.IsNullOrEmpty(url))
        {
            return WebhookUrlProblems.NotAbsolute();
        }

        if (url.Length > MaxLength)
        {
            return WebhookUrlProblems.TooLong(url.Length);
        }

        // URL parsers disagree about backslashes, spaces and non-ASCII characters.
        if (url.AsSpan().IndexOfAnyExceptInRange('!', '~') is >= 0 and var index || (index = url.IndexOf('\\', StringComparison.Ordinal)) >= 0)
        {
            return WebhookUrlProblems.UnencodedCharacter(url[index], index);
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.IsFile || uri.Host.Length == 0)
        {
            return url.Contains("://", StringComparison.Ordinal) ? WebhookUrlProblems.Malformed() : WebhookUrlProblems.NotAbsolute();
        }

        if (uri.Scheme != Uri.UriSchemeHttps && !(options.AllowPrivateNetworks && uri.Scheme == Uri.UriSchemeHttp))
        {
            return WebhookUrlProblems.NotHttps(uri.Scheme);
        }

        var authority = Authority(url);
        if (authority.Contains('@'))
        {
            return WebhookUrlProblems.Credentials();
        }

        if (url.Contains('#', StringComparison.Ordinal))
        {
            return WebhookUrlProblems.Fragment();
        }

        if (uri.Port < 1 || !(options.AllowPrivateNetworks || uri.Port == 443 || uri.Port >= FirstUnprivilegedPort))
        {
            return WebhookUrlProblems.Port(uri.Port);
        }

        var problem = uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
            ? CheckAddress(Host(authority), options.AllowPrivateNetworks)
            : WebhookHostName.Check(uri.Host, options.AllowPrivateNetworks);
        return problem is null ? uri : problem;
    }

    private static Problem? CheckAddress(ReadOnlySpan<char> written, bool allowPrivate)
    {
        var bare = written.Trim("[]");
        if (bare.Contains('%'))
        {
            return WebhookUrlProblems.ZoneId();
        }

        // Uri has recognised the host as an IP address. The notation of the address is unusual if IPAddress does not recognise it or
        // formats it differently.
        if (!IPAddress.TryParse(bare, out var address)
            || (address.AddressFamily == AddressFamily.InterNetwork && !bare.SequenceEqual(address.ToString())))
        {
            return WebhookUrlProblems.UnusualAddress(written.ToString());
        }

        return !allowPrivate && PublicAddress.SpecialUse(address) is { } use
            ? WebhookUrlProblems.SpecialAddress(address, use)
            : null;
    }

    /// <summary>Returns the authority component of the URL (RFC 3986 section 3.2), exactly as the client wrote it.</summary>
    private static ReadOnlySpan<char> Authority(string url)
    {
        var rest = url.AsSpan(url.IndexOf("://", StringComparison.Ordinal) + 3);
        var end = rest.IndexOfAny('/', '?', '#');
        return end < 0 ? rest : rest[..end];
    }

    private static ReadOnlySpan<char> Host(ReadOnlySpan<char> authority)
    {
        var colon = authority.LastIndexOf(':');
        return colon > authority.LastIndexOf(']') ? authority[..colon] : authority;
    }
}
