using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Rules;
using CacheControlHeaderValue = System.Net.Http.Headers.CacheControlHeaderValue;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// The remaining lifetime of a response, or the reason why the response must not be stored (RFC 9111,
/// learn.microsoft.com/azure/frontdoor/front-door-caching).
/// </summary>
/// <param name="Lifetime">The remaining lifetime; null if the response must not be stored.</param>
/// <param name="Reason">
/// A keyword for <c>Cache-Status</c> that states why the response must not be stored; null if it may be stored.
/// </param>
internal sealed record Freshness(TimeSpan? Lifetime, string? Reason)
{
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(366);

    /// <summary>The lifetime of a response without an explicit lifetime. Front Door uses a random time from one to three days.</summary>
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(1);

    /// <summary>Determines the freshness of a response from its status and headers, and from the cache configuration.</summary>
    /// <param name="response">An origin's response to a request without credentials, a range or preconditions.</param>
    /// <param name="configuration">The cache configuration of the request.</param>
    /// <param name="now">The time at which the response arrived.</param>
    public static Freshness Of(FetchedResponse response, CacheConfiguration configuration, DateTimeOffset now)
    {
        var headers = response.Headers;
        if (response.Status != StatusCodes.Status200OK)
        {
            return NotStorable("status");
        }

        if (headers.ContainsKey(HeaderNames.SetCookie))
        {
            return NotStorable("set-cookie");
        }

        if (!StringValues.IsNullOrEmpty(headers.ContentEncoding))
        {
            // The fetch does not accept any content coding. If the origin used one anyway, some clients could not decode the body.
            return NotStorable("content-encoding");
        }

        var text = headers.CacheControl.ToString();
        CacheControlHeaderValue? control = null;
        if (text.Length > 0 && !CacheControlHeaderValue.TryParse(text, out control))
        {
            return NotStorable("cache-control");
        }

        return control switch
        {
            { NoStore: true } => NotStorable("no-store"),
            { Private: true } => NotStorable("private"),
            { NoCache: true } => NotStorable("no-cache"),
            _ => For(LifetimeOf(control, headers, configuration, now)),
        };
    }

    private static TimeSpan LifetimeOf(
        CacheControlHeaderValue? control, IHeaderDictionary headers, CacheConfiguration configuration, DateTimeOffset now)
    {
        var stated = StatedLifetime(control, headers, now);
        return configuration.CacheBehavior switch
        {
            CacheBehavior.OverrideAlways => configuration.CacheDuration!.Value,
            CacheBehavior.OverrideIfOriginMissing => stated ?? configuration.CacheDuration!.Value,
            _ => stated ?? DefaultLifetime,
        };
    }

    private static TimeSpan? StatedLifetime(CacheControlHeaderValue? control, IHeaderDictionary headers, DateTimeOffset now)
    {
        var age = AgeOf(headers);
        if ((control?.SharedMaxAge ?? control?.MaxAge) is { } lifetime)
        {
            return lifetime - age;
        }

        if (StringValues.IsNullOrEmpty(headers.Expires))
        {
            return null;
        }

        // An invalid date means that the response has expired (RFC 9111 section 5.3).
        return HeaderUtilities.TryParseDate(headers.Expires.ToString(), out var expires) ? expires - now : TimeSpan.Zero;
    }

    private static TimeSpan AgeOf(IHeaderDictionary headers) =>
        HeaderUtilities.TryParseNonNegativeInt32(headers.Age.ToString(), out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;

    private static Freshness For(TimeSpan lifetime) => lifetime > TimeSpan.Zero
        ? new(lifetime < LongestLifetime ? lifetime : LongestLifetime, null)
        : NotStorable("stale");

    private static Freshness NotStorable(string reason) => new(null, reason);
}
