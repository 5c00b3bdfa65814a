using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Sets the headers that tell the origins about the client's original request. The names are the same as in Front Door
/// (learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol). Values that the client sends in these headers are removed,
/// except in X-Forwarded-For. As in Front Door, the socket address is appended to the client's X-Forwarded-For value. Both X-Azure headers
/// contain the socket address, so that no client can choose the address that an origin sees in them.
/// </summary>
internal static class ForwardedHeaders
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const string ForwardedHost = "X-Forwarded-Host";
    private const string ForwardedProto = "X-Forwarded-Proto";
    private const string ClientAddress = "X-Azure-ClientIP";
    private const string SocketAddress = "X-Azure-SocketIP";

    /// <summary>The headers that do not depend on the client. A fetch on behalf of several clients may therefore include them.</summary>
    public static IReadOnlyList<string> CommonToAllClients { get; } = [ForwardedHost, ForwardedProto, HeaderNames.Via];

    /// <summary>The name prefixes of the headers that only the edge, the host and the functions may set.</summary>
    private static readonly string[] Reserved = ["X-Azure-", "X-FD-", "X-Forwarded-", "X-Instance-Id", "X-Bucket", "X-Original-", "X-Rewrite-", "Forwarded", "x-ms-"];

    public static void Replace(HttpRequest request, EdgeRequest original)
    {
        var headers = request.Headers;
        var chain = headers[ForwardedFor].ToString();
        foreach (var name in headers.Keys.Where(IsReserved).ToList())
        {
            headers.Remove(name);
        }

        var socket = original.SocketAddress.ToString();
        headers[ForwardedFor] = chain.Length > 0 ? $"{chain}, {socket}" : socket;
        headers[ForwardedHost] = request.Host.Value;
        headers[ForwardedProto] = request.Scheme;
        headers[ClientAddress] = socket;
        headers[SocketAddress] = socket;
        headers[HeaderNames.Via] = string.Create(CultureInfo.InvariantCulture, $"{original.HttpVersion} edge");
    }

    private static bool IsReserved(string name) =>
        Array.Exists(Reserved, reserved => name.StartsWith(reserved, StringComparison.OrdinalIgnoreCase));
}
