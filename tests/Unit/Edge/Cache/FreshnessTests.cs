using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Cache;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Cache;

public sealed class FreshnessTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Cache-Control: public, max-age=60", 60)]
    [InlineData("Cache-Control: max-age=60, s-maxage=600", 600)]
    [InlineData("Cache-Control: max-age=60\nExpires: Wed, 25 Nov 2026 11:00:00 GMT", 60)]
    [InlineData("Expires: Wed, 25 Nov 2026 11:00:00 GMT", 3600)]
    [InlineData("Cache-Control: max-age=60\nAge: 20", 40)]
    [InlineData("Content-Type: text/plain", 86400)] // Front Door uses one to three days
    [InlineData("Cache-Control: public, max-age=99999999", 366 * 86400)]
    [InlineData("Cache-Control: max-age=60\nVary: Cookie", 60)] // Front Door ignores Vary
    [InlineData("Cache-Control: max-age=99999999999", 366 * 86400)] // RFC 9111 section 1.2.2
    [InlineData("Cache-Control: max-age=60\nContent-Encoding: gzip", 60)]
    public void The_cache_lifetime_comes_from_the_headers_of_the_origin(string headers, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Of(CacheBehavior.HonorOrigin, headers).Lifetime);

    [Theory]
    [InlineData("Cache-Control: no-store, max-age=60", "no-store")]
    [InlineData("Cache-Control: private, max-age=60", "private")]
    [InlineData("Cache-Control: private=\"x\", max-age=60", "private")]
    [InlineData("Cache-Control: no-cache", "no-cache")]
    [InlineData("Cache-Control: max-age=60\nSet-Cookie: sid=1", "set-cookie")]
    [InlineData("Cache-Control: max-age=60\nContent-Encoding: gzip\nVary: Accept-Encoding", "content-encoding")]
    [InlineData("Cache-Control: max-age=sixty", "cache-control")]
    public void An_uncacheable_response_is_never_stored(string headers, string reason)
    {
        foreach (var behaviour in Enum.GetValues<CacheBehavior>())
        {
            Assert.Equal(reason, Of(behaviour, headers).Reason);
        }
    }

    [Theory]
    [InlineData("Cache-Control: max-age=0")]
    [InlineData("Cache-Control: max-age=60\nAge: 60")]
    [InlineData("Expires: Wed, 25 Nov 2026 09:00:00 GMT")]
    [InlineData("Expires: 0")]
    [InlineData("Expires: Wed, 25  Nov  2026 11:00:00 GMT")]
    [InlineData("Expires: Wed, 25-Nov-2026 11:00:00 GMT")]
    [InlineData("Expires: Wed 25 Nov 2026 11:00:00 GMT")]
    [InlineData("Expires: Thu, 18 Aug 2050 2:01:18 GMT")]
    [InlineData("Expires: Wed, 25 Nov 2026 11:00:00 EST")]
    public void An_expired_response_is_not_stored(string headers) => Assert.Equal("stale", Of(CacheBehavior.HonorOrigin, headers).Reason);

    [Fact]
    public void A_route_can_override_or_supply_the_cache_lifetime()
    {
        Assert.Equal(TimeSpan.FromHours(1), Of(CacheBehavior.OverrideAlways, "Cache-Control: max-age=60").Lifetime);
        Assert.Equal(TimeSpan.FromMinutes(1), Of(CacheBehavior.OverrideIfOriginMissing, "Cache-Control: max-age=60").Lifetime);
        Assert.Equal(TimeSpan.FromHours(1), Of(CacheBehavior.OverrideIfOriginMissing, "Content-Type: text/plain").Lifetime);
    }

    // The values are those of the age-parse suite of http-tests/cache-tests.
    [Theory]
    [InlineData("abc", true)]
    [InlineData("-7200", true)]
    [InlineData("7200.0", true)]
    [InlineData("0, 7200", true)]
    [InlineData("0\nAge: 7200", true)]
    [InlineData("0, 0", true)]
    [InlineData("7200, 0", false)]
    [InlineData("7200\nAge: 0", false)]
    [InlineData("2147483647", false)]
    [InlineData("2147483648", false)]
    [InlineData("2147483649", false)]
    public void Only_the_first_age_counts_and_an_invalid_age_is_ignored(string age, bool isFresh) =>
        Assert.Equal(isFresh ? null : "stale", Of(CacheBehavior.HonorOrigin, $"Cache-Control: max-age=3600\nAge: {age}").Reason);

    [Theory]
    [InlineData("Date: Wed, 25 Nov 2026 10:00:00 GMT\nExpires: Wed, 25 Nov 2026 11:00:00 GMT", 3600)]
    [InlineData("Date: Wed, 25 Nov 2026 10:00:10 GMT\nExpires: Wed, 25 Nov 2026 10:00:20 GMT", 10)]
    [InlineData("Date: Wed, 25 Nov 2026 09:59:50 GMT\nExpires: Wed, 25 Nov 2026 10:00:10 GMT", 10)]
    [InlineData("Date: Wed, 25 Nov 2026 09:59:50 GMT\nCache-Control: max-age=60", 50)]
    [InlineData("Expires: Wednesday, 25-Nov-26 11:00:00 GMT", 3600)]
    [InlineData("Expires: Wed Nov 25 11:00:00 2026", 3600)]
    [InlineData("Expires: Thu Aug  8 02:01:18 2050", 366 * 86400)] // from http-tests/cache-tests; the day is wrong
    [InlineData("Expires: Wed, 25 Nov 2026 11:00:00 gmt", 3600)]
    public void The_lifetime_is_Expires_minus_Date_and_the_age_is_subtracted(string headers, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Of(CacheBehavior.HonorOrigin, headers).Lifetime);

    [Theory]
    [InlineData("Date: Wed, 25 Nov 2026 10:06:40 GMT\nExpires: Wed, 25 Nov 2026 10:05:00 GMT")]
    [InlineData("Date: Wed, 25 Nov 2026 09:59:50 GMT\nExpires: Wed, 25 Nov 2026 10:00:10 GMT\nAge: 25")]
    [InlineData("Date: Wed, 25 Nov 2026 10:00:10 GMT\nExpires: Wed, 25 Nov 2026 10:00:20 GMT\nAge: 15")]
    public void A_response_older_than_Expires_minus_Date_is_stale(string headers) =>
        Assert.Equal("stale", Of(CacheBehavior.HonorOrigin, headers).Reason);

    [Fact]
    public void The_time_that_the_origin_took_counts_as_age() => Assert.Equal(
        TimeSpan.FromSeconds(56),
        Freshness.Of(
            new(200, new HeaderDictionary { ["Cache-Control"] = "max-age=60" }, []), Caching.With(), Now, TimeSpan.FromSeconds(4)).Lifetime);

    [Theory]
    [InlineData("max-age=60", true)]
    [InlineData("max-age=60, must-revalidate", false)]
    [InlineData("max-age=60, proxy-revalidate", false)]
    [InlineData("s-maxage=60", false)]
    public void Directives_that_require_validation_forbid_stale_responses(string control, bool mayBeServedStale) =>
        Assert.Equal(mayBeServedStale, Of(CacheBehavior.HonorOrigin, $"Cache-Control: {control}").MayBeServedStale);

    // learn.microsoft.com/azure/cdn/cdn-how-caching-works lists 200, 203, 206, 300, 301, 410 and 416. A fetch has no range. RFC 9111 section 3
    // allows every other final status if the response states a lifetime.
    [Theory]
    [InlineData(200, true, true)]
    [InlineData(203, true, true)]
    [InlineData(204, false, true)]
    [InlineData(206, false, false)]
    [InlineData(300, true, true)]
    [InlineData(301, true, true)]
    [InlineData(302, false, true)]
    [InlineData(304, false, false)]
    [InlineData(404, false, true)]
    [InlineData(410, true, true)]
    [InlineData(416, false, false)]
    [InlineData(500, false, false)]
    public void The_status_decides_whether_a_lifetime_must_be_stated(int status, bool isCachedWithout, bool isCachedWith)
    {
        foreach (var behaviour in Enum.GetValues<CacheBehavior>())
        {
            Assert.Equal(isCachedWithout ? null : "status", Of(behaviour, "Content-Type: text/plain", status).Reason);
            Assert.Equal(isCachedWith ? null : "status", Of(behaviour, "Cache-Control: max-age=60", status).Reason);
        }
    }

    private static Freshness Of(CacheBehavior behaviour, string headers, int status = 200)
    {
        var dictionary = new HeaderDictionary();
        foreach (var line in headers.Split('\n'))
        {
            dictionary.Append(line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]);
        }

        return Freshness.Of(new(status, dictionary, []), Caching.With(behaviour), Now);
    }
}
