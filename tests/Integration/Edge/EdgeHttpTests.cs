using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Integration.Edge;

/// <summary>Given the shop behind its edge, what a client gets.</summary>
public sealed class EdgeHttpTests(EdgeCloud cloud) : IClassFixture<EdgeCloud>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_variant_comes_from_the_app_once_and_then_from_the_edge()
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
    public async Task After_a_purge_a_deleted_picture_is_gone_from_the_edge_too()
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

    [Theory]
    [InlineData("api/order-statuses", "Accept-Language: es-MX, es;q=0.9", "es", "Enviado", "edge; fwd=bypass")]
    [InlineData("api/order-statuses", "Accept-Language: en", "en", "Shipped", "edge; fwd=bypass")]
    [InlineData("api/order-statuses", "X-None: x", "de", "Versandt", "edge; fwd=bypass")] // the country, as no language was named
    public async Task Order_statuses_are_named_in_the_language_of_client_or_country(
        string path, string header, string language, string shipped, string status)
    {
        using var answer = await cloud.GetAsync(path, header);

        var labels = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(language, labels.GetProperty("language").GetString());
        Assert.Equal(shipped, labels.GetProperty("statuses").GetProperty("shipped").GetString());
        Assert.Equal([language], answer.Content.Headers.ContentLanguage);
        Assert.Equal(["Accept-Language"], answer.Headers.Vary);
        Assert.Equal(status, EdgeCloud.CacheStatusOf(answer));
    }

    [Fact]
    public async Task The_labels_of_a_language_are_cached_under_their_own_URL_and_an_unknown_language_is_not_found()
    {
        using var first = await cloud.GetAsync("api/order-statuses/es", "Accept-Language: de");
        using var second = await cloud.GetAsync("api/order-statuses/es", "Accept-Language: en");
        using var unknown = await cloud.GetAsync("api/order-statuses/xx");

        Assert.StartsWith("edge; hit", EdgeCloud.CacheStatusOf(second), StringComparison.Ordinal);
        Assert.Equal(["es"], second.Content.Headers.ContentLanguage);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal("edge; fwd=uri-miss; detail=status", EdgeCloud.CacheStatusOf(unknown));
    }

    [Fact]
    public async Task A_newcomer_gets_a_bucket_and_stays_in_it_over_new_connections()
    {
        using var first = await cloud.GetAsync("api/health/live");
        var bucket = first.Headers.GetValues("X-Bucket").Single();
        var cookie = first.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith($"bucket={bucket}; ", cookie, StringComparison.Ordinal);

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
    [InlineData("POST", "api/orders")]
    [InlineData("POST", "api/images")]
    [InlineData("DELETE", "api/images/x")]
    [InlineData("PATCH", "api/orders/x")]
    public async Task A_write_without_a_token_reaches_no_instance(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await cloud.Anyone.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.EndsWith(
            "/refused-by-edge", (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("X-Instance-Id"));
        Assert.Equal("edge; detail=waf", EdgeCloud.CacheStatusOf(answer));
    }

    /// <summary>Without one, Front Door caches for one to three days what happens to be on a route with a cache.</summary>
    [Fact]
    public async Task Every_HTTP_function_says_how_its_answer_may_be_cached()
    {
        var functions = HttpFunctions();
        Assert.NotEmpty(functions);
        foreach (var (name, route, method) in functions)
        {
            foreach (var client in (HttpClient[])[cloud.Owner, cloud.Anyone])
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), route);
                using var answer = await client.SendAsync(request, Ct);

                Assert.True(answer.Headers.CacheControl is not null, $"{name}: {method} {route} answers {answer.StatusCode} without Cache-Control.");
                Assert.True(answer.Headers.Contains("Cache-Status"), $"{name}: {method} {route} answers without Cache-Status.");
                var isShared = answer.Headers.CacheControl is { NoStore: false, NoCache: false, Private: false };
                Assert.False(isShared && answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => !cookie.StartsWith("bucket=", StringComparison.Ordinal)), $"{name}: a cookie in an answer for everybody.");
            }
        }
    }

    /// <summary>From the app's own description, so that a new function is in the test.</summary>
    private static List<(string Name, string Route, string Method)> HttpFunctions()
    {
        var output = FunctionAppBuild.FindNewest(Repository.FindRoot(AppContext.BaseDirectory)!);
        using var metadata = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "functions.metadata")));
        return
        [
            .. from function in metadata.RootElement.EnumerateArray()
               from binding in function.GetProperty("bindings").EnumerateArray()
               where binding.GetProperty("type").GetString() == "httpTrigger"
               from method in binding.GetProperty("methods").EnumerateArray()
               let route = binding.GetProperty("route").GetString()!
               select (
                   function.GetProperty("name").GetString()!,
                   string.Join('/', route.Split('/').Select(segment => segment switch
                   {
                       "{language?}" => "en",
                       ['{', ..] => "0",
                       _ => segment,
                   })),
                   method.GetString()!.ToUpperInvariant()),
        ];
    }
}
