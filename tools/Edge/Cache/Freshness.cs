using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Rules;
using CacheControlHeaderValue = System.Net.Http.Headers.CacheControlHeaderValue;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// The age and the remaining lifetime of a response, or the reason why the response must not be stored (RFC 9111,
/// learn.microsoft.com/azure/frontdoor/front-door-caching).
/// </summary>
/// <param name="Lifetime">The remaining lifetime; null if the response must not be stored.</param>
/// <param name="Reason">
/// A keyword for <c>Cache-Status</c> that states why the response must not be stored; null if it may be stored.
/// </param>
internal sealed partial record Freshness(TimeSpan? Lifetime, string? Reason)
{
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(366);

    /// <summary>The lifetime of a response without an explicit lifetime. Front Door uses a random time from one to three days.</summary>
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(1);

    /// <summary>The value that represents every greater number of seconds (RFC 9111 section 1.2.2).</summary>
    private const int GreatestSeconds = int.MaxValue;

    /// <summary>The time since the origin generated or validated the response, when the response arrived.</summary>
    public TimeSpan Age { get; private init; }

    /// <summary>
    /// Whether the response may be served after its lifetime if no origin responds. <c>must-revalidate</c>, <c>proxy-revalidate</c> and
    /// <c>s-maxage</c> forbid this (RFC 9111 section 4.2.4).
    /// </summary>
    public bool MayBeServedStale { get; private init; }

    /// <summary>
    /// Returns whether responses with this status are cached even if they state no lifetime. Front Door's pages do not list the statuses. The
    /// list is the one that Microsoft documents for Azure CDN Standard from Microsoft (learn.microsoft.com/azure/cdn/cdn-how-caching-works),
    /// without the statuses of responses to range requests, because a fetch never has a range.
    /// </summary>
    private static bool IsCacheable(int status) => status is StatusCodes.Status200OK or StatusCodes.Status203NonAuthoritative
        or StatusCodes.Status300MultipleChoices or StatusCodes.Status301MovedPermanently or StatusCodes.Status410Gone;

    /// <summary>
    /// Returns whether responses with this status are cached if they state a lifetime (RFC 9111 section 3). Responses with status 500 or
    /// higher are not cached, because a fetch with such a response has failed and is repeated.
    /// </summary>
    private static bool IsCacheableWithLifetime(int status) => status is >= StatusCodes.Status200OK and < StatusCodes.Status500InternalServerError
        and not (StatusCodes.Status206PartialContent or StatusCodes.Status304NotModified or StatusCodes.Status416RangeNotSatisfiable);

    /// <summary>Determines the freshness of a response from its status and headers, and from the cache configuration.</summary>
    /// <param name="response">An origin's response to a request without credentials or a range.</param>
    /// <param name="configuration">The cache configuration of the request.</param>
    /// <param name="now">The time at which the response arrived.</param>
    /// <param name="delay">The time from the request to the response.</param>
    public static Freshness Of(FetchedResponse response, CacheConfiguration configuration, DateTimeOffset now, TimeSpan delay = default)
    {
        var headers = response.Headers;
        if (!IsCacheableWithLifetime(response.Status))
        {
            return NotStorable("status");
        }

        if (headers.ContainsKey(HeaderNames.SetCookie))
        {
            return NotStorable("set-cookie");
        }

        if (!StringValues.IsNullOrEmpty(headers.ContentEncoding) && DependsOnAcceptEncoding(headers))
        {
            // The fetch does not accept any content coding. The origin used one anyway, although it has other forms of the response for
            // clients that cannot decode this one.
            return NotStorable("content-encoding");
        }

        var text = headers.CacheControl.ToString();
        CacheControlHeaderValue? control = null;
        if (text.Length > 0
            && !CacheControlHeaderValue.TryParse(text, out control)
            && !CacheControlHeaderValue.TryParse(GreatNumber().Replace(text, $"{GreatestSeconds}"), out control))
        {
            return NotStorable("cache-control");
        }

        if (control is { NoStore: true } or { Private: true } or { NoCache: true })
        {
            return NotStorable(control.NoStore ? "no-store" : control.Private ? "private" : "no-cache");
        }

        var age = AgeOf(headers, now, delay);
        var stated = StatedLifetime(control, headers, now) - age;
        if (stated is null && !IsCacheable(response.Status))
        {
            return NotStorable("status");
        }

        var lifetime = configuration.CacheBehavior switch
        {
            CacheBehavior.OverrideAlways => configuration.CacheDuration!.Value,
            CacheBehavior.OverrideIfOriginMissing => stated ?? configuration.CacheDuration!.Value,
            _ => stated ?? DefaultLifetime,
        };
        return lifetime > TimeSpan.Zero
            ? new(lifetime < LongestLifetime ? lifetime : LongestLifetime, null)
            {
                Age = age,
                MayBeServedStale = control is not ({ MustRevalidate: true } or { ProxyRevalidate: true } or { SharedMaxAge: not null }),
            }
            : NotStorable("stale");
    }

    /// <summary>Returns the lifetime that the origin states, counted from the generation of the response (RFC 9111 section 4.2.1).</summary>
    private static TimeSpan? StatedLifetime(CacheControlHeaderValue? control, IHeaderDictionary headers, DateTimeOffset now)
    {
        if ((control?.SharedMaxAge ?? control?.MaxAge) is { } lifetime)
        {
            return lifetime;
        }

        if (headers.Expires.Count == 0)
        {
            return null;
        }

        // An invalid date means that the response has expired (RFC 9111 section 5.3).
        return HttpDate.Parse(headers.Expires.ToString()) is { } expires ? expires - (DateOf(headers) ?? now) : TimeSpan.Zero;
    }

    /// <summary>Returns the corrected initial age (RFC 9111 section 4.2.3).</summary>
    private static TimeSpan AgeOf(IHeaderDictionary headers, DateTimeOffset now, TimeSpan delay)
    {
        var apparent = now - (DateOf(headers) ?? now);
        var stated = StatedAge(headers) + delay;
        return apparent > stated ? apparent : stated;
    }

    /// <summary>
    /// Returns the value of the Age header. The first value of a list is used. A value that is not a number of seconds is ignored (RFC 9111
    /// section 5.1).
    /// </summary>
    private static TimeSpan StatedAge(IHeaderDictionary headers)
    {
        var first = headers.Age.ToString().Split(',')[0].Trim();
        if (first.Length == 0 || !first.All(char.IsAsciiDigit))
        {
            return TimeSpan.Zero;
        }

        return TimeSpan.FromSeconds(int.TryParse(first, out var seconds) ? seconds : GreatestSeconds);
    }

    private static DateTimeOffset? DateOf(IHeaderDictionary headers) => HttpDate.Parse(headers.Date.ToString());

    private static bool DependsOnAcceptEncoding(IHeaderDictionary headers) =>
        headers.GetCommaSeparatedValues(HeaderNames.Vary)
            .Any(name => name == "*" || name.Equals(HeaderNames.AcceptEncoding, StringComparison.OrdinalIgnoreCase));

    private static Freshness NotStorable(string reason) => new(null, reason);

    [GeneratedRegex("[0-9]{10,}")]
    private static partial Regex GreatNumber();
}
