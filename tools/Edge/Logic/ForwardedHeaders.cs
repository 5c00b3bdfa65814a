using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// The headers that tell origins about the client's request, with Front Door's names
/// (learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol). The client's own values for these headers are removed first,
/// except for X-Forwarded-For, to which Front Door and the local edge append.
/// </summary>
internal static class ForwardedHeaders
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const string ForwardedHost = "X-Forwarded-Host";
    private const string ForwardedProto = "X-Forwarded-Proto";
    private const string ClientAddress = "X-Azure-ClientIP";
    private const string SocketAddress = "X-Azure-SocketIP";

    /// <summary>The headers that are the same for every client, and may therefore be sent with a fetch whose response is shared.</summary>
    public static IReadOnlyList<string> CommonToAllClients { get; } = [ForwardedHost, ForwardedProto, HeaderNames.Via];

    /// <summary>Prefixes of the headers that only the edge, the host or a function may set.</summary>
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
        headers[ClientAddress] = original.ClientAddress.ToString();
        headers[SocketAddress] = socket;
        headers[HeaderNames.Via] = string.Create(CultureInfo.InvariantCulture, $"{original.HttpVersion} edge");
    }

    private static bool IsReserved(string name) =>
        Array.Exists(Reserved, reserved => name.StartsWith(reserved, StringComparison.OrdinalIgnoreCase));
}
