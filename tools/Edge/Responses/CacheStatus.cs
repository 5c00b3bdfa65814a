using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Edge.Responses;

/// <summary>
/// Adds the headers that report how the edge handled a request. An entry is appended to <c>Cache-Status</c> (RFC 9211), after the entries
/// of caches closer to the origin. <c>X-Cache</c> is set as in Front Door.
/// </summary>
internal static class CacheStatus
{
    private const string Header = "Cache-Status";
    private const string FrontDoorHeader = "X-Cache";
    private const string HitValue = "TCP_HIT";
    private const string MissValue = "TCP_MISS";

    /// <summary>The parameter of a response that was fetched for another request.</summary>
    private const string Collapsed = "; collapsed";

    /// <summary>The prefix of the status of a response that the edge itself generated.</summary>
    private const string OfTheEdge = "edge; detail=";

    /// <summary>Returns how the edge obtained a response whose headers have been sent.</summary>
    public static ResponseSource SourceOf(HttpResponse response) => response.Headers[FrontDoorHeader].ToString() switch
    {
        HitValue => ResponseSource.Cache,
        MissValue => StatusOf(response).Contains(Collapsed, StringComparison.Ordinal) ? ResponseSource.SharedFetch : ResponseSource.Fetch,
        _ when StatusOf(response).StartsWith(OfTheEdge, StringComparison.Ordinal) => ResponseSource.Edge,
        _ => ResponseSource.Origin,
    };

    /// <summary>Returns the edge's own entry, which is the last one.</summary>
    private static string StatusOf(HttpResponse response) => response.Headers[Header].LastOrDefault() ?? "";

    /// <summary>Reports a response that was served from the cache.</summary>
    public static void Hit(HttpContext context, TimeSpan remaining) =>
        Report(context, string.Create(CultureInfo.InvariantCulture, $"hit; ttl={(long)remaining.TotalSeconds}"), HitValue);

    /// <summary>Reports a shareable response that was fetched from the origin.</summary>
    /// <param name="context">The request.</param>
    /// <param name="wasStale">Whether the cache contained an expired response.</param>
    /// <param name="stored">Whether this request's fetch stored the response in the cache.</param>
    /// <param name="collapsed">Whether the request waited for another request's fetch.</param>
    public static void Fetched(HttpContext context, bool wasStale, bool stored, bool collapsed) => Report(
        context, $"fwd={(wasStale ? "stale" : "uri-miss")}{(stored ? "; stored" : "")}{(collapsed ? Collapsed : "")}", MissValue);

    /// <summary>Reports a stored response that the origin has confirmed with 304.</summary>
    public static void Validated(HttpContext context, bool stored, bool collapsed) => Report(
        context, $"fwd=stale; fwd-status=304{(stored ? "; stored" : "")}{(collapsed ? Collapsed : "")}", MissValue);

    /// <summary>Reports an expired response that was served because no origin responded.</summary>
    public static void Expired(HttpContext context, TimeSpan remaining) => Report(
        context, string.Create(CultureInfo.InvariantCulture, $"hit; ttl={(long)remaining.TotalSeconds}; detail=origin-failed"), HitValue);

    /// <summary>Reports a fetched response that was not stored.</summary>
    public static void NotStored(HttpContext context, string reason) => Report(
        context, $"fwd=uri-miss; detail={reason}", reason is "private" or "no-store" ? "PRIVATE_NOSTORE" : MissValue);

    /// <summary>Reports a request that was forwarded without using the cache.</summary>
    public static void Forwarded(HttpContext context, string reason, string? detail = null) =>
        Report(context, detail is null ? $"fwd={reason}" : $"fwd={reason}; detail={detail}", "CONFIG_NOCACHE");

    /// <summary>Reports a response that the edge itself generated.</summary>
    public static void FromEdge(HttpContext context, string detail) => Report(context, $"detail={detail}", "CONFIG_NOCACHE");

    private static void Report(HttpContext context, string status, string frontDoorStatus) => context.Response.OnStarting(() =>
    {
        context.Response.Headers.Append(Header, $"edge; {status}");
        context.Response.Headers[FrontDoorHeader] = frontDoorStatus;
        return Task.CompletedTask;
    });
}
