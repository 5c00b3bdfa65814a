using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Rules;
using CacheControlHeaderValue = System.Net.Http.Headers.CacheControlHeaderValue;

namespace ServerlessScale.Edge.Cache;

/// <summary>Whether and for how long an answer may be kept (learn.microsoft.com/azure/frontdoor/front-door-caching, RFC 9111).</summary>
/// <param name="Lifetime">From now on; null when it may not be kept.</param>
/// <param name="Reason">Why it may not, in a word.</param>
internal sealed record Freshness(TimeSpan? Lifetime, string? Reason)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>Front Door takes a random time from one to three days for what says nothing.</summary>
    private static readonly TimeSpan Unsaid = TimeSpan.FromDays(1);

    /// <param name="answer">Of an origin, to a request without a credential, a range or a precondition.</param>
    /// <param name="configuration">The route's.</param>
    /// <param name="now">The time of the answer.</param>
    public static Freshness Of(FetchedAnswer answer, CacheConfiguration configuration, DateTimeOffset now)
    {
        var headers = answer.Headers;
        if (answer.Status != StatusCodes.Status200OK)
        {
            return Never("status");
        }

        if (headers.ContainsKey(HeaderNames.SetCookie))
        {
            return Never("set-cookie");
        }

        if (!StringValues.IsNullOrEmpty(headers.ContentEncoding))
        {
            // None was asked for, and a client that cannot read it would get it.
            return Never("content-encoding");
        }

        var said = headers.CacheControl.ToString();
        CacheControlHeaderValue? control = null;
        if (said.Length > 0 && !CacheControlHeaderValue.TryParse(said, out control))
        {
            return Never("cache-control");
        }

        return control switch
        {
            { NoStore: true } => Never("no-store"),
            { Private: true } => Never("private"),
            { NoCache: true } => Never("no-cache"),
            _ => For(LifetimeOf(control, headers, configuration, now)),
        };
    }

    private static TimeSpan LifetimeOf(
        CacheControlHeaderValue? control, IHeaderDictionary headers, CacheConfiguration configuration, DateTimeOffset now)
    {
        var origins = OriginsLifetime(control, headers, now);
        return configuration.CacheBehavior switch
        {
            CacheBehavior.OverrideAlways => configuration.CacheDuration!.Value,
            CacheBehavior.OverrideIfOriginMissing => origins ?? configuration.CacheDuration!.Value,
            _ => origins ?? Unsaid,
        };
    }

    private static TimeSpan? OriginsLifetime(CacheControlHeaderValue? control, IHeaderDictionary headers, DateTimeOffset now)
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

        // What is not a date has expired (RFC 9111 section 5.3).
        return HeaderUtilities.TryParseDate(headers.Expires.ToString(), out var expires) ? expires - now : TimeSpan.Zero;
    }

    private static TimeSpan AgeOf(IHeaderDictionary headers) =>
        HeaderUtilities.TryParseNonNegativeInt32(headers.Age.ToString(), out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;

    private static Freshness For(TimeSpan lifetime) => lifetime > TimeSpan.Zero
        ? new(lifetime < Longest ? lifetime : Longest, null)
        : Never("stale");

    private static Freshness Never(string reason) => new(null, reason);
}
