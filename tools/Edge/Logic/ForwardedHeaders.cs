using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// The headers by which the edge tells origins about a request, as Front Door's
/// (learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol). What a client sends under their names is taken away first,
/// but for X-Forwarded-For, to which both append.
/// </summary>
internal static class ForwardedHeaders
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const string ForwardedHost = "X-Forwarded-Host";
    private const string ForwardedProto = "X-Forwarded-Proto";
    private const string ClientAddress = "X-Azure-ClientIP";
    private const string SocketAddress = "X-Azure-SocketIP";

    /// <summary>Those that make no difference between one client and another.</summary>
    public static IReadOnlyList<string> OfEveryRequest { get; } = [ForwardedHost, ForwardedProto, HeaderNames.Via];

    /// <summary>Names that only the edge, the host or a function gives a meaning to.</summary>
    private static readonly string[] Reserved = ["X-Azure-", "X-FD-", "X-Forwarded-", "X-Instance-Id", "X-Bucket", "X-Original-", "X-Rewrite-", "Forwarded", "x-ms-"];

    public static void Replace(HttpRequest request, EdgeRequest seen)
    {
        var headers = request.Headers;
        var chain = headers[ForwardedFor].ToString();
        foreach (var name in headers.Keys.Where(IsReserved).ToList())
        {
            headers.Remove(name);
        }

        var socket = seen.SocketAddress.ToString();
        headers[ForwardedFor] = chain.Length > 0 ? $"{chain}, {socket}" : socket;
        headers[ForwardedHost] = request.Host.Value;
        headers[ForwardedProto] = request.Scheme;
        headers[ClientAddress] = seen.ClientAddress.ToString();
        headers[SocketAddress] = socket;
        headers[HeaderNames.Via] = string.Create(CultureInfo.InvariantCulture, $"{seen.HttpVersion} edge");
    }

    private static bool IsReserved(string name) =>
        Array.Exists(Reserved, reserved => name.StartsWith(reserved, StringComparison.OrdinalIgnoreCase));
}
