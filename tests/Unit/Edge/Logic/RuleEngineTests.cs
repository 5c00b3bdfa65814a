using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Reading;
using ServerlessScale.Edge.Rules;
using ServerlessScale.Tests.Unit.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Logic;

/// <summary>Tests the rule sets in the repository's rules file, and the actions that the file does not use.</summary>
public sealed class RuleEngineTests
{
    private static readonly RuleEngine Engine = new(EdgeRulesFile.Read(RulesFile.Path));

    [Theory]
    [InlineData("Accept-Language: de-AT,de;q=0.9,en;q=0.5", "ZZ", "/api/order-statuses/de")]
    [InlineData("Accept-Language: DE", "ZZ", "/api/order-statuses/de")]
    [InlineData("Accept-Language: es", "DE", "/api/order-statuses/es")] // the language takes precedence over the country
    [InlineData("Accept-Language: fr", "DE", "/api/order-statuses")]
    [InlineData("X-Nothing: x", "DE", "/api/order-statuses/de")]
    [InlineData("X-Nothing: x", "AT", "/api/order-statuses/de")]
    [InlineData("X-Nothing: x", "FR", "/api/order-statuses")]
    public void The_response_language_depends_on_Accept_Language_or_the_country(string header, string country, string path)
    {
        var decision = Engine.Decide(Requests.FromCountry(country, "GET /api/order-statuses", header))!;

        Assert.Equal(path, decision.Path.Value);
        Assert.Null(decision.Cache);
        Assert.Contains(new HeaderChange(HeaderAction.Overwrite, "Vary", "Accept-Language"), decision.ResponseHeaders);
    }

    [Fact]
    public void A_URL_with_a_language_is_cached_for_all_clients()
    {
        var decision = Engine.Decide(Requests.Of("GET /api/order-statuses/es", "Accept-Language: de"))!;

        Assert.Equal("/api/order-statuses/es", decision.Path.Value);
        Assert.NotNull(decision.Cache);
    }

    [Fact]
    public void The_bucket_cookie_takes_precedence_over_the_client_port()
    {
        foreach (var port in (int[])[40000, 40010, 40050, 40099])
        {
            Assert.Equal("a", BucketOf(Requests.FromPort(port, "GET /api/cart", "Cookie: other=1; bucket=a")).Bucket);
            Assert.Equal("b", BucketOf(Requests.FromPort(port, "GET /api/cart", "Cookie: bucket=b")).Bucket);
        }
    }

    [Fact]
    public void One_new_client_in_five_is_assigned_to_bucket_B()
    {
        var assigned = Enumerable.Range(32768, 28000).Select(port => BucketOf(Requests.FromPort(port, "GET /api/cart"))).ToList();

        Assert.Equal(5600, assigned.Count(draw => draw.Bucket == "b"));
        Assert.All(assigned, draw => Assert.StartsWith($"bucket={draw.Bucket}; ", draw.Cookie, StringComparison.Ordinal));
    }

    [Fact]
    public void Clients_with_even_ports_are_divided_among_buckets_in_the_same_ratio()
    {
        var assigned = Enumerable.Range(16384, 14000).Select(half => BucketOf(Requests.FromPort(2 * half, "GET /api/cart"))).ToList();

        Assert.Equal(2800, assigned.Count(draw => draw.Bucket == "b"));
    }

    [Theory]
    [InlineData("Cookie: bucket=c")]
    [InlineData("Cookie: bucket=")]
    [InlineData("Cookie: Bucket=a")]
    public void An_unknown_bucket_cookie_is_replaced(string cookie) =>
        Assert.NotNull(BucketOf(Requests.Of("GET /api/cart", cookie)).Cookie);

    [Fact]
    public void A_cacheable_image_response_does_not_set_a_cookie()
    {
        var decision = Engine.Decide(Requests.Of("GET /images/x/960.webp"))!;

        Assert.NotNull(decision.Cache);
        Assert.DoesNotContain(decision.ResponseHeaders, change => change.Name == "Set-Cookie");
        Assert.Empty(decision.RequestHeaders);
    }

    [Theory]
    [InlineData("GET /images/x/960.webp")]
    [InlineData("GET /api/order-statuses")]
    [InlineData("GET /api/order-statuses/de")]
    [InlineData("POST /api/orders")]
    [InlineData("GET /assets/index-1.js")]
    [InlineData("GET /nothing")]
    public void Every_response_but_the_page_forbids_all_content(string line)
    {
        var policies = Engine.Decide(Requests.Of(line))!.ResponseHeaders.Where(change => change.Name == "Content-Security-Policy");

        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Assert.Single(policies).Value);
    }

    [Theory]
    [InlineData("GET /")]
    [InlineData("GET /?code=1&state=2")]
    public void The_page_keeps_its_own_content_security_policy(string line) => Assert.DoesNotContain(
        Engine.Decide(Requests.Of(line))!.ResponseHeaders, change => change.Name == "Content-Security-Policy");

    [Theory]
    [InlineData("GET /images/x/960.webp")]
    [InlineData("POST /api/orders")]
    [InlineData("GET /")]
    public void Every_response_has_the_security_headers(string line)
    {
        var names = Engine.Decide(Requests.Of(line))!.ResponseHeaders.Select(change => change.Name).ToList();

        Assert.Contains("X-Content-Type-Options", names);
        Assert.Contains("Referrer-Policy", names);
        Assert.DoesNotContain("Strict-Transport-Security", names);
    }

    [Fact]
    public void Strict_Transport_Security_is_sent_over_TLS()
    {
        var context = Requests.Context("GET /");
        context.Request.Scheme = "https";

        Assert.Contains(
            Engine.Decide(new(context.Request, "ZZ"))!.ResponseHeaders,
            change => change is { Action: HeaderAction.Overwrite, Name: "Strict-Transport-Security" });
    }

    [Fact]
    public void A_redirect_can_contain_server_variables()
    {
        var engine = EngineOf(
            """{ "name": "UrlRedirect", "parameters": { "redirectType": "PermanentRedirect", "destinationProtocol": "Https", "customHostname": "{http_req_header_X-Shop}.example", "customPath": "/new/{url_path}" } }""");

        var decision = engine.Decide(Requests.Of("GET /old path?a=1", "X-Shop: north"))!;

        Assert.Equal(new EdgeDecision.Redirection(308, "https://north.example/new/old%20path?a=1"), decision.Redirect);
    }

    [Fact]
    public void A_rewrite_can_preserve_the_rest_of_the_path()
    {
        var engine = EngineOf(
            """{ "name": "UrlRewrite", "parameters": { "sourcePattern": "/pictures/", "destination": "/images/", "preserveUnmatchedPath": true } }""");

        Assert.Equal("/images/x/960.webp", engine.Decide(Requests.Of("GET /pictures/x/960.webp"))!.Path.Value);
        Assert.Equal("/api/cart", engine.Decide(Requests.Of("GET /api/cart"))!.Path.Value);
    }

    [Fact]
    public void A_route_override_without_cache_configuration_disables_caching()
    {
        var engine = EngineOf("""{ "name": "RouteConfigurationOverride", "parameters": {} }""");

        Assert.Null(engine.Decide(Requests.Of("GET /images/x/960.webp"))!.Cache);
    }

    [Fact]
    public void A_header_value_cannot_contain_line_breaks()
    {
        var engine = EngineOf(
            """{ "name": "ModifyResponseHeader", "parameters": { "headerAction": "Overwrite", "headerName": "X-Path", "value": "{url_path}" } }""");

        var change = engine.Decide(Requests.Of("GET /a\r\nSet-Cookie: sid=x"))!.ResponseHeaders[0];

        Assert.Equal("aSet-Cookie: sid=x", change.Value);
    }

    private static RuleEngine EngineOf(string action) => new(RulesFile.With(
        "\"actions\": [", $"\"actions\": [{action}], \"matchProcessingBehavior\": \"Continue\" }}, {{ \"name\": \"Rest\", \"order\": 1000, \"conditions\": [], \"actions\": ["));

    private static (string Bucket, string? Cookie) BucketOf(EdgeRequest request)
    {
        var decision = Engine.Decide(request)!;
        var bucket = decision.RequestHeaders.Single(change => change.Name == "X-Bucket").Value;
        Assert.Equal(bucket, decision.ResponseHeaders.Single(change => change.Name == "X-Bucket").Value);
        return (bucket, decision.ResponseHeaders.SingleOrDefault(change => change.Name == "Set-Cookie")?.Value);
    }
}
