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
    public void The_cache_lifetime_comes_from_the_headers_of_the_origin(string headers, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Of(CacheBehavior.HonorOrigin, headers).Lifetime);

    [Theory]
    [InlineData("Cache-Control: no-store, max-age=60", "no-store")]
    [InlineData("Cache-Control: private, max-age=60", "private")]
    [InlineData("Cache-Control: private=\"x\", max-age=60", "private")]
    [InlineData("Cache-Control: no-cache", "no-cache")]
    [InlineData("Cache-Control: max-age=60\nSet-Cookie: sid=1", "set-cookie")]
    [InlineData("Cache-Control: max-age=60\nContent-Encoding: gzip", "content-encoding")]
    [InlineData("Cache-Control: max-age=sixty", "cache-control")]
    public void An_uncacheable_response_is_never_stored(string headers, string reason)
    {
        foreach (var behaviour in Enum.GetValues<CacheBehavior>())
        {
            Assert.Equal(new Freshness(null, reason), Of(behaviour, headers));
        }
    }

    [Theory]
    [InlineData("Cache-Control: max-age=0")]
    [InlineData("Cache-Control: max-age=60\nAge: 60")]
    [InlineData("Expires: Wed, 25 Nov 2026 09:00:00 GMT")]
    [InlineData("Expires: 0")]
    public void An_expired_response_is_not_stored(string headers) => Assert.Equal("stale", Of(CacheBehavior.HonorOrigin, headers).Reason);

    [Fact]
    public void A_route_can_override_or_supply_the_cache_lifetime()
    {
        Assert.Equal(TimeSpan.FromHours(1), Of(CacheBehavior.OverrideAlways, "Cache-Control: max-age=60").Lifetime);
        Assert.Equal(TimeSpan.FromMinutes(1), Of(CacheBehavior.OverrideIfOriginMissing, "Cache-Control: max-age=60").Lifetime);
        Assert.Equal(TimeSpan.FromHours(1), Of(CacheBehavior.OverrideIfOriginMissing, "Content-Type: text/plain").Lifetime);
    }

    [Theory]
    [InlineData(206)]
    [InlineData(301)]
    [InlineData(404)]
    [InlineData(500)]
    public void Only_responses_with_status_200_are_cached(int status) =>
        Assert.Equal("status", Of(CacheBehavior.OverrideAlways, "Cache-Control: max-age=60", status).Reason);

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
