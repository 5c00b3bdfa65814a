using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Integration.Edge;

/// <summary>Tests the responses that the shop's clients get through the edge.</summary>
public sealed class EdgeHttpTests(EdgeCloud cloud) : IClassFixture<EdgeCloud>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_variant_is_fetched_once_and_then_cached()
    {
        var variant = await cloud.NewVariantAsync();

        using var first = await cloud.GetAsync(variant);
        using var second = await cloud.GetAsync(variant);
        using var known = await cloud.GetAsync(variant, $"If-None-Match: {second.Headers.ETag}");
        using var range = await cloud.GetAsync(variant, "Range: bytes=0-9");

        Assert.Equal("edge; fwd=uri-miss; stored", EdgeCloud.CacheStatusOf(first));
        Assert.StartsWith("edge; hit; ttl=", EdgeCloud.CacheStatusOf(second), StringComparison.Ordinal);
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(Ct), await second.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal(HttpStatusCode.PartialContent, range.StatusCode);
        Assert.Equal(10, range.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_purge_removes_a_deleted_image_from_the_cache()
    {
        var variant = await cloud.NewVariantAsync();
        using var cached = await cloud.GetAsync(variant);
        using var deleted = await cloud.Owner.DeleteAsync($"api/images/{variant.Split('/')[2]}", Ct);
        using var still = await cloud.GetAsync(variant);

        var purged = await cloud.Cloud.PurgeAsync($"/images/{variant.Split('/')[2]}/*", Ct);
        using var gone = await cloud.GetAsync(variant);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        Assert.Equal(1, purged);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_changed_product_is_visible_at_once_also_in_listings()
    {
        const string Product = "api/products/edge-mug";
        const string Listing = "api/products?limit=100";
        using var created = await PutProductAsync(Product, 1250, request => request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any));
        using var first = await cloud.GetAsync(Product);
        using var hit = await cloud.GetAsync(Product + "?x=1", $"If-None-Match: {created.Headers.ETag}");
        using var listing = await cloud.GetAsync(Listing);

        using var changed = await PutProductAsync(Product, 1000, request => request.Headers.IfMatch.Add(created.Headers.ETag!));
        using var next = await cloud.GetAsync(Product);
        using var listed = await cloud.GetAsync(Listing);
        var purged = await cloud.Cloud.PurgeAsync("/api/products", Ct);
        using var again = await cloud.GetAsync(Listing);

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.OK], [created.StatusCode, changed.StatusCode]);
        Assert.Equal("edge; fwd=uri-miss; stored", EdgeCloud.CacheStatusOf(first));
        Assert.StartsWith("edge; hit; ttl=", EdgeCloud.CacheStatusOf(hit), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotModified, hit.StatusCode);
        Assert.Equal(changed.Headers.ETag, next.Headers.ETag);
        Assert.NotEqual(listing.Headers.ETag, listed.Headers.ETag);
        Assert.Equal("edge; fwd=uri-miss; stored", EdgeCloud.CacheStatusOf(again));
        // The purge also removes the listings that other tests of the shop have put into the cache.
        Assert.NotEqual(0, purged);
        var product = (await listed.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("products").EnumerateArray()
            .Single(product => product.GetProperty("sku").GetString() == "edge-mug");
        Assert.Equal(1000, product.GetProperty("price").GetInt64());
    }

    [Theory]
    [InlineData("api/order-statuses", "Accept-Language: es-MX, es;q=0.9", "es", "Enviado", "edge; fwd=bypass")]
    [InlineData("api/order-statuses", "Accept-Language: en", "en", "Shipped", "edge; fwd=bypass")]
    // A request without Accept-Language gets the language of the client's country.
    [InlineData("api/order-statuses", "X-None: x", "de", "Versandt", "edge; fwd=bypass")]
    public async Task Order_status_labels_follow_Accept_Language_or_else_the_clients_country(
        string path, string header, string language, string shipped, string status)
    {
        using var response = await cloud.GetAsync(path, header);

        var labels = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(language, labels.GetProperty("language").GetString());
        Assert.Equal(shipped, labels.GetProperty("statuses").GetProperty("shipped").GetString());
        Assert.Equal([language], response.Content.Headers.ContentLanguage);
        Assert.Equal(["Accept-Language"], response.Headers.Vary);
        Assert.Equal(status, EdgeCloud.CacheStatusOf(response));
    }

    [Fact]
    public async Task Order_status_labels_are_cached_per_language()
    {
        using var first = await cloud.GetAsync("api/order-statuses/es", "Accept-Language: de");
        using var second = await cloud.GetAsync("api/order-statuses/es", "Accept-Language: en");
        using var unknown = await cloud.GetAsync("api/order-statuses/xx");

        Assert.StartsWith("edge; hit", EdgeCloud.CacheStatusOf(second), StringComparison.Ordinal);
        Assert.Equal(["es"], second.Content.Headers.ContentLanguage);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal("edge; fwd=uri-miss; detail=no-store", EdgeCloud.CacheStatusOf(unknown));
    }

    [Fact]
    public async Task A_client_stays_in_its_experiment_bucket_across_connections()
    {
        using var first = await cloud.GetAsync("api/health/live");
        var bucket = first.Headers.GetValues("X-Bucket").Single();
        var cookie = first.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith($"bucket={bucket}; ", cookie, StringComparison.Ordinal);
        Assert.Equal([bucket], first.Headers.GetValues("X-Served-Bucket"));

        for (var time = 0; time < 20; time++)
        {
            using var client = cloud.Cloud.CreateClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/health/live") { Headers = { { "Cookie", $"bucket={bucket}" } } };
            using var again = await client.SendAsync(request, Ct);
            Assert.Equal(bucket, again.Headers.GetValues("X-Bucket").Single());
            Assert.False(again.Headers.Contains("Set-Cookie"));
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public async Task A_client_cannot_override_its_experiment_bucket_with_X_Bucket(string bucket)
    {
        using var response = await cloud.GetAsync("api/health/live", $"Cookie: bucket={bucket}", $"X-Bucket: {(bucket == "a" ? "b" : "a")}");
        using var refused = await cloud.GetAsync("api/orders", $"Cookie: bucket={bucket}");
        using var shared = await cloud.GetAsync("api/order-statuses/en", $"Cookie: bucket={bucket}", "X-Bucket: a");

        Assert.Equal([bucket], response.Headers.GetValues("X-Served-Bucket"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal([bucket], refused.Headers.GetValues("X-Served-Bucket"));
        Assert.False(shared.Headers.Contains("X-Served-Bucket"));
    }

    [Theory]
    [InlineData("POST", "api/orders")]
    [InlineData("POST", "api/images")]
    [InlineData("DELETE", "api/images/x")]
    [InlineData("PATCH", "api/orders/x")]
    public async Task A_write_without_a_token_is_rejected_at_the_edge(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await cloud.Anyone.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.EndsWith(
            "/refused-by-edge", (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("X-Instance-Id"));
        Assert.Equal("edge; detail=waf", EdgeCloud.CacheStatusOf(response));
    }

    [Fact]
    public async Task A_cached_response_has_no_headers_of_the_first_invocation()
    {
        var variant = await cloud.NewVariantAsync();
        foreach (var path in (string[])[variant, "api/order-statuses/de"])
        {
            using var first = await cloud.GetAsync(path);
            using var hit = await cloud.GetAsync(path);

            Assert.StartsWith("edge; hit", EdgeCloud.CacheStatusOf(hit), StringComparison.Ordinal);
            foreach (var response in (HttpResponseMessage[])[first, hit])
            {
                Assert.All(
                    (string[])["X-Cold-Start", "X-Instance-Id", "Server-Timing", "X-Served-Bucket"],
                    name => Assert.False(response.Headers.Contains(name), $"{path} has {name}"));
            }
        }
    }

    /// <summary>If caching is enabled for a route, Front Door caches responses without Cache-Control for one to three days.</summary>
    [Fact]
    public async Task Every_HTTP_function_sends_Cache_Control()
    {
        var functions = HttpFunctions();
        Assert.NotEmpty(functions);
        foreach (var (name, route, method) in functions)
        {
            foreach (var client in (HttpClient[])[cloud.Owner, cloud.Anyone])
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), route);
                using var response = await client.SendAsync(request, Ct);

                Assert.True(response.Headers.CacheControl is not null, $"{name}: the response to {method} {route} ({response.StatusCode}) has no Cache-Control.");
                Assert.True(response.Headers.Contains("Cache-Status"), $"{name}: the response to {method} {route} has no Cache-Status.");
                var isShared = response.Headers.CacheControl is { NoStore: false, NoCache: false, Private: false };
                Assert.False(isShared && response.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => !cookie.StartsWith("bucket=", StringComparison.Ordinal)), $"{name}: a shareable response sets a cookie.");
            }
        }
    }

    /// <summary>Reads the list of functions from the app's build output, so that the test covers new functions automatically.</summary>
    private static List<(string Name, string Route, string Method)> HttpFunctions()
    {
        var output = FunctionAppBuild.FindNewest(Repository.FindRoot(AppContext.BaseDirectory)!);
        using var metadata = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "functions.metadata")));
        return
        [
            .. from function in metadata.RootElement.EnumerateArray()
               from binding in function.GetProperty("bindings").EnumerateArray()
               where binding.GetProperty("type").GetString() == "httpTrigger"
               from method in binding.TryGetProperty("methods", out var methods)
                   ? methods.EnumerateArray().Select(method => method.GetString()!)
                   : ["get", "post", "options"]
               let route = binding.GetProperty("route").GetString()!
               select (
                   function.GetProperty("name").GetString()!,
                   string.Join('/', route.Split('/').Select(segment => segment switch
                   {
                       "{language?}" => "en",
                       ['{', ..] => "0",
                       _ => segment,
                   })),
                   method.ToUpperInvariant()),
        ];
    }

    private async Task<HttpResponseMessage> PutProductAsync(string path, long price, Action<HttpRequestMessage> condition)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path)
        {
            Content = JsonContent.Create(new { name = "Mug", description = "", price, currency = "EUR", active = true }),
        };
        condition(request);
        return await cloud.Owner.SendAsync(request, Ct);
    }
}
