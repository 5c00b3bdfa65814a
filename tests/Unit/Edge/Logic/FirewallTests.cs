using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Reading;
using ServerlessScale.Shared.Images;
using ServerlessScale.Tests.Unit.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Logic;

/// <summary>Tests the firewall with the rules in the repository's rules file.</summary>
public sealed class FirewallTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 10, 0, 15, TimeSpan.Zero));

    [Theory]
    [InlineData("POST /api/orders")]
    [InlineData("POST /API/orders")]
    [InlineData("PATCH /api/orders/1")]
    [InlineData("DELETE /api/images/1")]
    [InlineData("PUT /api/webhooks/endpoints/1")]
    [InlineData("POST /api/cart/checkout")]
    [InlineData("POST /api/orders?x=/api/cart")]
    [InlineData("PUT /api/cart/lines/a/b")]
    [InlineData("PUT /api/cart/lines/a%2Fb")]
    public void A_write_without_a_bearer_token_is_rejected(string line)
    {
        var firewall = new Firewall(EdgeRulesFile.Read(RulesFile.Path).Waf, _time);

        Assert.Equal("WritesNeedCredentials", firewall.Examine(Requests.Of(line))?.Rule.Name);
        Assert.Equal("WritesNeedCredentials", firewall.Examine(Requests.Of(line, "Authorization: Basic eDp5"))?.Rule.Name);
        Assert.Null(firewall.Examine(Requests.Of(line, "Authorization: Bearer token")));
        Assert.Null(firewall.Examine(Requests.Of(line, "authorization: bearer token")));
    }

    // HTTP/1.0 requires no Host header, and Host may be empty (RFC 9112 section 3.2). The URL then has an empty authority.
    [Theory]
    [InlineData("POST /api/orders", "WritesNeedCredentials")]
    [InlineData("PUT /api/cart/lines/sku-1", null)]
    public void The_token_rule_ignores_a_missing_host(string line, string? rule)
    {
        var context = Requests.Context(line);
        context.Request.Host = default;

        var refusal = new Firewall(EdgeRulesFile.Read(RulesFile.Path).Waf, _time).Examine(new(context.Request, "ZZ"));

        Assert.Equal(rule, refusal?.Rule.Name);
    }

    [Theory]
    [InlineData("GET /api/orders")]
    [InlineData("HEAD /images/x/960.webp")]
    [InlineData("PUT /api/cart/lines/sku-1")]
    [InlineData("DELETE /api/cart")]
    [InlineData("POST /elsewhere")]
    public void Reads_and_cart_changes_do_not_need_a_token(string line) =>
        Assert.Null(new Firewall(EdgeRulesFile.Read(RulesFile.Path).Waf, _time).Examine(Requests.Of(line)));

    // The rule's limit must equal the app's limit. The rule is a list of regular expressions. Each of them matches at least one of these
    // sizes.
    [Theory]
    [InlineData("8000001", true)]
    [InlineData("8000010", true)]
    [InlineData("8000900", true)]
    [InlineData("8001000", true)]
    [InlineData("8010000", true)]
    [InlineData("8100000", true)]
    [InlineData("9000000", true)]
    [InlineData("10000000", true)]
    [InlineData("25000000", true)]
    [InlineData("99999999999", true)]
    [InlineData("0008000001", true)]
    [InlineData("8000000", false)]
    [InlineData("0008000000", false)]
    [InlineData("7999999", false)]
    [InlineData("1000000", false)]
    [InlineData("900000", false)]
    [InlineData("81", false)]
    [InlineData("0", false)]
    public void A_body_larger_than_the_app_accepts_is_rejected(string length, bool refused)
    {
        var firewall = new Firewall(EdgeRulesFile.Read(RulesFile.Path).Waf, _time);

        foreach (var line in (string[])["POST /api/images", "PUT /api/cart/lines/sku-1", "GET /nothing"])
        {
            var refusal = firewall.Examine(Requests.Of(line, "Authorization: Bearer t", $"Content-Length: {length}"));

            Assert.Equal(refused ? "BodiesAreSmall" : null, refusal?.Rule.Name);
            Assert.Equal(refused, long.Parse(length, CultureInfo.InvariantCulture) > new ImageOptions().MaxPostedBytes);
        }
    }

    [Fact]
    public void Requests_above_the_rate_limit_are_rejected_until_the_next_window()
    {
        var firewall = Limited(10);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Null(firewall.Examine(Write("192.0.2.1"))));

        Assert.Equal(TimeSpan.FromSeconds(45), firewall.Examine(Write("192.0.2.1"))?.RetryAfter);
        Assert.Null(firewall.Examine(Write("192.0.2.2")));

        _time.Advance(TimeSpan.FromSeconds(45));
        Assert.Null(firewall.Examine(Write("192.0.2.1")));
    }

    [Fact]
    public void Addresses_beyond_the_first_65536_share_one_rate_limit()
    {
        var limit = new RateLimit(10, TimeSpan.FromMinutes(1), _time);
        for (var address = 0; address < 65_536; address++)
        {
            Assert.True(limit.Admits(new([10, 0, (byte)(address >> 8), (byte)address]), out _));
        }

        var admitted = Enumerable.Range(0, 1_000).Count(other => limit.Admits(new([11, 0, (byte)(other >> 8), (byte)other]), out _));

        Assert.Equal(10, admitted);
    }

    [Fact]
    public void Detection_mode_reports_matching_requests_without_rejecting_them()
    {
        var matched = new List<string>();
        var rules = RulesFile.With("\"mode\": \"Prevention\"", "\"mode\": \"Detection\"");
        var firewall = new Firewall(rules.Waf, _time) { Matched = rule => matched.Add(rule.Name) };

        Assert.Null(firewall.Examine(Requests.Of("POST /api/orders")));
        Assert.Equal(["WritesNeedCredentials"], matched);
    }

    [Fact]
    public void A_disabled_firewall_rule_is_ignored()
    {
        var rules = RulesFile.With("\"enabledState\": \"Enabled\"", "\"enabledState\": \"Disabled\"");

        Assert.Null(new Firewall(rules.Waf, _time).Examine(Requests.Of("POST /api/orders")));
    }

    private Firewall Limited(int threshold) =>
        new(RulesFile.With("\"rateLimitThreshold\": 20000", $"\"rateLimitThreshold\": {threshold}").Waf, _time);

    private static EdgeRequest Write(string address) => Requests.From(address, "PUT /api/cart/lines/sku-1");
}
