using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;

namespace ServerlessScale.Edge.Logic;

/// <summary>A request as conditions and server variables see it: as the client sent it, whatever rules did to it since.</summary>
internal sealed class EdgeRequest
{
    private readonly HeaderDictionary _headers;
    private readonly RequestHeaders _typedHeaders;

    /// <param name="request">Taken as it is now.</param>
    /// <param name="country">Where the client is, two letters (ISO 3166-1); <c>ZZ</c> when that is not known.</param>
    public EdgeRequest(HttpRequest request, string country)
    {
        // A copy: rules change the headers that the origin gets while later rules still ask for the client's.
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

    /// <summary>Who opened the connection.</summary>
    public IPAddress SocketAddress { get; }

    /// <summary>Who a proxy in front says it is (X-Forwarded-For), which the client can make up; else the socket's address.</summary>
    public IPAddress ClientAddress { get; }

    public int ClientPort { get; }

    public string Country { get; }

    public string Method { get; }

    public string Scheme { get; }

    /// <summary><c>1.1</c>.</summary>
    public string HttpVersion { get; }

    public string Host { get; }

    /// <summary>The host with its port, where there is one.</summary>
    public string Authority { get; }

    /// <summary>Decoded, with its leading slash.</summary>
    public string Path { get; }

    /// <summary>Without its question mark.</summary>
    public string QueryString { get; }

    /// <summary>Whole, with scheme and query string.</summary>
    public string Uri { get; }

    /// <returns>Null when there is none.</returns>
    public string? Header(string name) => _headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <param name="name">Case matters (RFC 6265 section 5.3), other than in ASP.NET Core's own collection.</param>
    /// <returns>Null when there is none.</returns>
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
