using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Edge.Responses;

/// <summary>
/// What the cache says of itself on every answer: <c>Cache-Status</c> (RFC 9211), behind what caches nearer to the origin have said,
/// and Front Door's <c>X-Cache</c>.
/// </summary>
internal static class CacheStatus
{
    private const string Header = "Cache-Status";
    private const string FrontDoorHeader = "X-Cache";

    /// <summary>Answered from memory.</summary>
    public static void Hit(HttpContext context, TimeSpan remaining) =>
        Say(context, string.Create(CultureInfo.InvariantCulture, $"hit; ttl={(long)remaining.TotalSeconds}"), "TCP_HIT");

    /// <summary>Fetched for this request, or for another one that it waited for.</summary>
    public static void Fetched(HttpContext context, bool wasStale, bool stored, bool collapsed) => Say(
        context, $"fwd={(wasStale ? "stale" : "uri-miss")}{(stored ? "; stored" : "")}{(collapsed ? "; collapsed" : "")}", "TCP_MISS");

    /// <summary>Fetched, and not to be kept.</summary>
    public static void NotKept(HttpContext context, string reason) => Say(
        context, $"fwd=uri-miss; detail={reason}", reason is "private" or "no-store" ? "PRIVATE_NOSTORE" : "TCP_MISS");

    /// <summary>Sent on as a request that the cache has no part in.</summary>
    public static void Passed(HttpContext context, string reason, string? detail = null) =>
        Say(context, detail is null ? $"fwd={reason}" : $"fwd={reason}; detail={detail}", "CONFIG_NOCACHE");

    /// <summary>Answered by the edge itself.</summary>
    public static void OfTheEdge(HttpContext context, string detail) => Say(context, $"detail={detail}", "CONFIG_NOCACHE");

    private static void Say(HttpContext context, string status, string frontDoors) => context.Response.OnStarting(() =>
    {
        context.Response.Headers.Append(Header, $"edge; {status}");
        context.Response.Headers[FrontDoorHeader] = frontDoors;
        return Task.CompletedTask;
    });
}
