using System.Net;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Logic;

namespace ServerlessScale.Tests.Unit.Edge.Logic;

/// <summary>Creates the requests that conditions and rules are evaluated against.</summary>
internal static class Requests
{
    public static EdgeRequest Of(string line, params string[] headers) => Of(line, 40000, "ZZ", headers);

    public static EdgeRequest FromPort(int port, string line, params string[] headers) => Of(line, port, "ZZ", headers);

    public static EdgeRequest FromCountry(string country, string line, params string[] headers) => Of(line, 40000, country, headers);

    public static EdgeRequest From(string address, string line)
    {
        var context = Context(line, 40000);
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return new(context.Request, "ZZ");
    }

    /// <param name="line">The method and the target, such as <c>GET /path?query</c>.</param>
    public static DefaultHttpContext Context(string line, int port = 40000, params string[] headers)
    {
        var context = new DefaultHttpContext();
        var (method, target) = (line[..line.IndexOf(' ', StringComparison.Ordinal)], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        context.Request.Method = method;
        context.Request.Protocol = "HTTP/1.1";
        context.Request.Scheme = "http";
        context.Request.Host = new("shop.example", 8080);
        context.Request.Path = query < 0 ? target : target[..query];
        context.Request.QueryString = new(query < 0 ? "" : target[query..]);
        context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
        context.Connection.RemotePort = port;
        foreach (var header in headers)
        {
            context.Request.Headers.Append(header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 2)..]);
        }

        return context;
    }

    private static EdgeRequest Of(string line, int port, string country, string[] headers) => new(Context(line, port, headers).Request, country);
}
