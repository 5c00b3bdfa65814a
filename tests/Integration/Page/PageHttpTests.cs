using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessScale.Tests.Integration.Edge;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.Page;

/// <summary>Tests the files of the shop's page and its configuration, through the edge and with the real worker.</summary>
public sealed partial class PageHttpTests(EdgeCloud cloud) : IClassFixture<EdgeCloud>
{
    private const string Forever = "public, max-age=31536000, immutable";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_root_returns_the_page_with_a_strict_policy()
    {
        using var response = await cloud.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        // The page sends uploads directly to the blob service.
        Assert.Contains(new Uri(BlobEndpoint().Match(cloud.Cloud.StorageConnectionString).Groups[1].Value).GetLeftPart(UriPartial.Authority), policy, StringComparison.Ordinal);
        Assert.Contains("<div id=\"app\">", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_API_reference_loads_scripts_only_from_the_app()
    {
        using var response = await cloud.GetAsync("/api/docs");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'",
            response.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task A_client_without_Brotli_gets_the_script_of_the_API_reference()
    {
        var script = Asset().Matches(await cloud.Anyone.GetStringAsync("/api/docs", Ct)).Select(match => match.Value).First();

        using var compressed = await cloud.GetAsync(script, "Accept-Encoding: br");
        using var plain = await cloud.GetAsync(script, "Accept-Encoding: identity");

        Assert.Equal(["br"], compressed.Content.Headers.ContentEncoding);
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.NotEqual(compressed.Headers.ETag, plain.Headers.ETag);
        await using var decoded = new BrotliStream(await compressed.Content.ReadAsStreamAsync(Ct), CompressionMode.Decompress);
        using var copy = new MemoryStream();
        await decoded.CopyToAsync(copy, Ct);
        Assert.Equal(await plain.Content.ReadAsByteArrayAsync(Ct), copy.ToArray());
    }

    [Theory, InlineData("/"), InlineData("/api/docs")]
    public async Task The_page_contains_nothing_inline(string path)
    {
        var html = await cloud.Anyone.GetStringAsync(path, Ct);

        Assert.DoesNotMatch("<style|<script(?![^>]* src=)|style=|\\son[a-z]+=", html);
    }

    [Theory, InlineData("/"), InlineData("/api/docs")]
    public async Task Every_asset_of_the_page_may_be_cached_forever(string path)
    {
        var assets = Asset().Matches(await cloud.Anyone.GetStringAsync(path, Ct)).Select(match => match.Value).ToList();
        Assert.Contains(assets, asset => asset.EndsWith(".js", StringComparison.Ordinal));
        foreach (var asset in assets)
        {
            using var response = await cloud.GetAsync(asset);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(Forever, response.Headers.CacheControl!.ToString());
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal(ContentTypeOf(asset), response.Content.Headers.ContentType!.ToString());
            Assert.False(response.Headers.ETag!.IsWeak);
        }
    }

    [Fact]
    public async Task The_edge_caches_an_asset()
    {
        var asset = await ScriptAsync();
        using var purged = await cloud.GetAsync(asset);

        using var second = await cloud.GetAsync(asset);

        Assert.StartsWith("edge; hit; ttl=", EdgeCloud.CacheStatusOf(second), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("script")]
    public async Task A_client_that_has_the_file_gets_304(string file)
    {
        var path = file.Length == 0 ? "/" : await ScriptAsync();
        using var first = await cloud.GetAsync(path);

        using var second = await cloud.GetAsync(path, $"If-None-Match: {first.Headers.ETag}");

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync(Ct));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task A_file_is_sent_in_the_coding_that_the_client_accepts(string coding)
    {
        var plain = await cloud.Anyone.GetByteArrayAsync("/", Ct);

        using var response = await cloud.GetAsync("/", $"Accept-Encoding: {coding}, identity;q=0.1");

        Assert.Equal([coding], response.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        await using var body = await response.Content.ReadAsStreamAsync(Ct);
        await using Stream decoded = coding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        using var copy = new MemoryStream();
        await decoded.CopyToAsync(copy, Ct);
        Assert.Equal(plain, copy.ToArray());
    }

    [Fact]
    public async Task Each_coding_has_an_entity_tag_of_its_own()
    {
        var tags = new List<string>();
        foreach (var coding in (string[])["br", "gzip", "identity"])
        {
            using var response = await cloud.GetAsync("/", $"Accept-Encoding: {coding}");
            tags.Add(response.Headers.ETag!.Tag);
        }

        Assert.Equal(3, tags.Distinct().Count());
    }

    [Fact]
    public async Task HEAD_returns_the_headers_of_the_page()
    {
        using var get = await cloud.GetAsync("/");
        using var head = await cloud.Anyone.SendAsync(new(HttpMethod.Head, "/"), Ct);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Ct));
    }

    [Theory]
    [InlineData("assets/")]
    [InlineData("assets/index-00000000.js")]
    [InlineData("assets/../index.html")]
    [InlineData("assets/%2e%2e%2findex.html")]
    [InlineData("assets/..%5Cindex.html")]
    [InlineData("assets/.hidden.js")]
    [InlineData("assets/a/b.js")]
    [InlineData("assets/worker.config.json")]
    public async Task An_unknown_asset_gets_404(string path)
    {
        using var response = await cloud.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task An_unknown_asset_is_a_problem_that_names_the_remedy()
    {
        using var response = await cloud.GetAsync("assets/index-00000000.js");

        await AssertProblemAsync(response, 404, "asset-not-found");
    }

    [Fact]
    public async Task The_development_token_lets_the_page_read_orders()
    {
        using var response = await cloud.GetAsync("api/page-config", "Sec-Fetch-Site: same-origin");
        var signIn = (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("signIn");
        Assert.Equal("development", signIn.GetProperty("kind").GetString());
        Assert.True(response.Headers.CacheControl!.NoStore);

        using var orders = await cloud.GetAsync("api/orders", $"Authorization: Bearer {signIn.GetProperty("token").GetString()}");

        Assert.Equal(HttpStatusCode.OK, orders.StatusCode);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Sec-Fetch-Site: same-site")]
    [InlineData("Host: attacker.example")]
    [InlineData("Host: 127.0.0.1.attacker.example")]
    public async Task Another_page_does_not_get_the_development_token(string header)
    {
        using var response = await cloud.GetAsync("api/page-config", header);

        var signIn = (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("signIn");
        Assert.False(signIn.TryGetProperty("token", out _));
    }

    private async Task<string> ScriptAsync() =>
        Asset().Matches(await cloud.Anyone.GetStringAsync("/", Ct)).Select(match => match.Value).First(asset => asset.EndsWith(".js", StringComparison.Ordinal));

    private static string ContentTypeOf(string asset) => Path.GetExtension(asset) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"An asset with the extension {other} is not expected."),
    };

    [GeneratedRegex("/assets/[^\"]+")]
    private static partial Regex Asset();

    [GeneratedRegex("BlobEndpoint=([^;]+)")]
    private static partial Regex BlobEndpoint();
}
