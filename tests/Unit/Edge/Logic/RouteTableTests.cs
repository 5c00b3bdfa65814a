using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Logic;

public sealed class RouteTableTests
{
    /// <summary>The expected routes come from the table at https://learn.microsoft.com/azure/frontdoor/front-door-route-matching.</summary>
    [Theory]
    [InlineData("/", "A")]
    [InlineData("/a", "B")]
    [InlineData("/ab", "C")]
    [InlineData("/abc", "D")]
    [InlineData("/abzzz", "B")]
    [InlineData("/abc/", "E")]
    [InlineData("/abc/d", "F")]
    [InlineData("/abc/def", "G")]
    [InlineData("/abc/defzzz", "F")]
    [InlineData("/abc/def/ghi", "F")]
    [InlineData("/path", "B")]
    [InlineData("/path/", "H")]
    [InlineData("/path/zzz", "B")]
    [InlineData("/ABC/d", "F")]
    public void A_path_matches_the_same_route_as_in_Front_Door(string path, string name)
    {
        var routes = new RouteTable(
        [
            Route("A", "/"), Route("B", "/*"), Route("C", "/ab"), Route("D", "/abc"), Route("E", "/abc/"), Route("F", "/abc/*"),
            Route("G", "/abc/def"), Route("H", "/path/"),
        ]);

        Assert.Equal(name, routes.Find(path)?.Name);
    }

    [Fact]
    public void A_path_without_a_matching_pattern_has_no_route() => Assert.Null(new RouteTable([Route("api", "/api/*")]).Find("/other"));

    private static Route Route(string name, string pattern) => new() { Name = name, PatternsToMatch = [pattern], OriginGroup = "x" };
}
