using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Logic;

/// <summary>Tests the conditions of routing rules and firewall rules.</summary>
public sealed class ConditionTests
{
    [Theory]
    [InlineData("Equal", "images/a/960.webp", true)]
    [InlineData("Equal", "/images/a/960.webp", false)] // Front Door compares paths without the leading slash
    [InlineData("Equal", "Images/a/960.webp", false)]
    [InlineData("BeginsWith", "images/", true)]
    [InlineData("EndsWith", ".webp", true)]
    [InlineData("Contains", "/a/", true)]
    [InlineData("Contains", "/b/", false)]
    [InlineData("Wildcard", "images/*/960.webp", true)]
    [InlineData("Wildcard", "images/*.jpg", false)]
    [InlineData("RegEx", "^images/[a-z]/[0-9]+", true)]
    [InlineData("GreaterThan", "16", true)] // compares lengths: the path has 17 characters
    [InlineData("GreaterThan", "17", false)]
    [InlineData("LessThanOrEqual", "17", true)]
    [InlineData("LessThan", "17", false)]
    public void Operators_compare_the_URL_path_without_its_leading_slash(string @operator, string value, bool holds) =>
        Assert.Equal(holds, Holds(MatchVariable.UrlPath, @operator, [value], "GET /images/a/960.webp"));

    [Fact]
    public void A_condition_matches_if_any_of_its_values_matches() =>
        Assert.True(Holds(MatchVariable.RequestMethod, "Equal", ["PUT", "POST"], "POST /x"));

    [Fact]
    public void A_missing_header_matches_only_negated_conditions()
    {
        Assert.False(Header("Equal", "", negate: false, "GET /"));
        Assert.False(Header("Any", null, negate: false, "GET /"));
        Assert.True(Header("Any", null, negate: true, "GET /"));
        Assert.True(Header("BeginsWith", "bearer ", negate: true, "GET /"));
        Assert.False(Header("BeginsWith", "bearer ", negate: true, "GET /", "Authorization: Bearer x"));
    }

    [Fact]
    public void Transforms_apply_in_order_before_the_comparison()
    {
        var condition = new Condition(new RuleCondition
        {
            Name = MatchVariable.QueryString,
            Parameters = new()
            {
                Operator = ConditionOperator.Equal,
                MatchValues = ["a b"],
                Transforms = [ConditionTransform.UrlDecode, ConditionTransform.Trim, ConditionTransform.Lowercase],
            },
        });

        Assert.True(condition.Holds(Requests.Of("GET /?%20A%20B%20")));
    }

    [Theory]
    [InlineData("192.0.2.0/24", true)]
    [InlineData("192.0.2.1", true)]
    [InlineData("198.51.100.0/24", false)]
    [InlineData("2001:db8::/32", false)]
    public void IPMatch_compares_an_address_with_CIDR_blocks(string block, bool holds) =>
        Assert.Equal(holds, Holds(MatchVariable.SocketAddr, "IPMatch", [block], "GET /"));

    [Fact]
    public void Only_RemoteAddress_uses_X_Forwarded_For()
    {
        const string Forged = "X-Forwarded-For: 203.0.113.9";

        Assert.True(Holds(MatchVariable.RemoteAddress, "IPMatch", ["203.0.113.9"], "GET /", Forged));
        Assert.False(Holds(MatchVariable.SocketAddr, "IPMatch", ["203.0.113.9"], "GET /", Forged));
    }

    [Theory]
    [InlineData("GET /a/photo.JPG", "JPG", true)]
    [InlineData("GET /a/photo", "", false)]
    [InlineData("GET /a.b/", "b", false)]
    public void The_file_extension_comes_from_the_last_path_segment(string line, string extension, bool holds) =>
        Assert.Equal(holds, Holds(MatchVariable.UrlFileExtension, "Equal", [extension], line));

    [Fact]
    public void A_hostile_value_is_matched_in_linear_time()
    {
        // A backtracking engine would need about 2^50000 steps.
        Assert.False(Holds(MatchVariable.QueryString, "RegEx", ["^(a+)+$"], $"GET /?{new string('a', 50_000)}!"));
    }

    private static bool Header(string @operator, string? value, bool negate, string line, params string[] headers) => new Condition(new RuleCondition
    {
        Name = MatchVariable.RequestHeader,
        Parameters = new()
        {
            Selector = "Authorization",
            Operator = Enum.Parse<ConditionOperator>(@operator),
            NegateCondition = negate,
            MatchValues = value is null ? [] : [value],
            Transforms = [ConditionTransform.Lowercase],
        },
    }).Holds(Requests.Of(line, headers));

    private static bool Holds(MatchVariable variable, string @operator, string[] values, string line, params string[] headers) =>
        new Condition(new RuleCondition
        {
            Name = variable,
            Parameters = new() { Operator = Enum.Parse<ConditionOperator>(@operator), MatchValues = values },
        }).Holds(Requests.Of(line, headers));
}
