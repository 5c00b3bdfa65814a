using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;

namespace ServerlessScale.Edge.Logic;

/// <summary>A snapshot of the client's request, from which conditions and server variables are evaluated. Rules do not change it.</summary>
internal sealed class EdgeRequest
{
    private readonly HeaderDictionary _headers;
    private readonly RequestHeaders _typedHeaders;

    /// <param name="request">The request to copy.</param>
    /// <param name="country">The client's country as two capital letters (ISO 3166-1); <c>ZZ</c> if the country is unknown.</param>
    public EdgeRequest(HttpRequest request, string country)
    {
        // The headers are copied. Rules change the headers of the request, but the conditions of later rules must still see the original
        // headers.
        _headers = new HeaderDictionary(request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase));
        _typedHeaders = new(_headers);
        var connection = request.HttpContext.Connection;
        SocketAddress = Plain(connection.RemoteIpAddress);
        ClientAddress = ForwardedClient() ?? SocketAddress;
        ClientPort = connection.RemotePort;
        Country = country;
        Method = request.Method;
        Scheme = request.Scheme;
        HttpVersion = request.Protocol["HTTP/".Length..] is "2" ? "2.0" : request.Protocol["HTTP/".Length..];
        Host = request.Host.Host;
        Authority = request.Host.Value ?? "";
        Path = request.PathBase.Add(request.Path).Value ?? "/";
        QueryString = request.QueryString.Value is { Length: > 1 } query ? query[1..] : "";
        Uri = $"{request.Scheme}://{request.Host.Value}{request.PathBase}{request.Path}{request.QueryString}";
    }

    /// <summary>The IP address of the other end of the connection.</summary>
    public IPAddress SocketAddress { get; }

    /// <summary>
    /// The first address in X-Forwarded-For, or the socket address if there is no such header. A client can forge the header.
    /// </summary>
    public IPAddress ClientAddress { get; }

    public int ClientPort { get; }

    public string Country { get; }

    public string Method { get; }

    public string Scheme { get; }

    /// <summary>The HTTP version without the prefix <c>HTTP/</c>, such as <c>1.1</c>.</summary>
    public string HttpVersion { get; }

    public string Host { get; }

    /// <summary>The host, followed by the port if the request contains a port.</summary>
    public string Authority { get; }

    /// <summary>The decoded path with the leading slash.</summary>
    public string Path { get; }

    /// <summary>The query string without the question mark.</summary>
    public string QueryString { get; }

    /// <summary>The full URL, including scheme, host and query string.</summary>
    public string Uri { get; }

    /// <returns>The value of the header; null if the request has no such header.</returns>
    public string? Header(string name) => _headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <param name="name">
    /// The name, which is case-sensitive (RFC 6265 section 5.3). ASP.NET Core's cookie collection would ignore case.
    /// </param>
    /// <returns>The value of the cookie; null if the request has no such cookie.</returns>
    public string? Cookie(string name) =>
        _typedHeaders.Cookie.FirstOrDefault(cookie => cookie.Name.Equals(name, StringComparison.Ordinal))?.Value.ToString();

    private static IPAddress Plain(IPAddress? address) => address switch
    {
        null => IPAddress.None,
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
        _ => address,
    };

    private IPAddress? ForwardedClient() =>
        Header("X-Forwarded-For") is { } forwarded && IPAddress.TryParse(forwarded.Split(',')[0].Trim(), out var address) ? address : null;
}
