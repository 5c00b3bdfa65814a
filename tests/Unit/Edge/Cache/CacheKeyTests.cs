using ServerlessScale.Edge.Cache;
using ServerlessScale.Edge.Rules;
using ServerlessScale.Tests.Unit.Edge.Logic;

namespace ServerlessScale.Tests.Unit.Edge.Cache;

public sealed class CacheKeyTests
{
    [Theory]
    [InlineData("IgnoreQueryString", "/a?x=1&y=2", "")]
    [InlineData("UseQueryString", "/a?y=2&x=1", "?x=1&y=2")]
    [InlineData("UseQueryString", "/a", "")]
    [InlineData("IgnoreSpecifiedQueryStrings", "/a?y=2&x=1&z", "?x=1&z")]
    [InlineData("IncludeSpecifiedQueryStrings", "/a?y=2&x=1&z", "?y=2")]
    [InlineData("IncludeSpecifiedQueryStrings", "/a?%79=2", "?%79=2")]
    [InlineData("IncludeSpecifiedQueryStrings", "/a?z=1", "")]
    public void The_cache_key_includes_the_configured_query_parameters(string behaviour, string target, string included)
    {
        var configuration = Caching.With(query: Enum.Parse<QueryStringCachingBehavior>(behaviour), parameters: "y");

        Assert.Equal(new CacheKey("shop.example:8080", "/a", included), CacheKey.Of(Requests.Context($"GET {target}").Request, configuration));
    }
}
