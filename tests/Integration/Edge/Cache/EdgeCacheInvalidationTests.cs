using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Tests.Integration.Edge.Cache;

/// <summary>Tests which stored responses a successful change removes (RFC 9111 section 4.4).</summary>
public sealed class EdgeCacheInvalidationTests
{
    private const string Picture = "/images/1/960.webp";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", 200, true)]
    [InlineData("PUT", 204, true)]
    [InlineData("DELETE", 303, true)]
    [InlineData("M-SEARCH", 200, true)]
    [InlineData("POST", 404, false)]
    [InlineData("POST", 500, false)]
    [InlineData("OPTIONS", 200, false)]
    public async Task A_successful_unsafe_request_removes_the_stored_response(string method, int status, bool isRemoved)
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) ? 200 : status;
            return Task.CompletedTask;
        });
        using var stored = await edge.GetAsync(Picture);

        using var change = await edge.SendAsync(new HttpMethod(method), Picture);
        using var after = await edge.GetAsync(Picture);

        Assert.Equal(isRemoved ? 3 : 2, edge.Hits);
    }

    [Theory]
    [InlineData("Location", "/images/1/960.webp", true)]
    [InlineData("Content-Location", "../1/960.webp", true)]
    [InlineData("Location", "http://other.example/images/1/960.webp", false)]
    public async Task An_unsafe_request_removes_the_response_named_in_Location_on_the_same_host(string header, string value, bool isRemoved)
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            if (HttpMethods.IsPost(context.Request.Method))
            {
                context.Response.Headers[header] = value;
            }

            return Task.CompletedTask;
        });
        using var stored = await edge.GetAsync(Picture);

        using var change = await edge.SendAsync(HttpMethod.Post, "/images/2/640.webp");
        using var after = await edge.GetAsync(Picture);

        Assert.Equal(isRemoved ? "edge; fwd=uri-miss; stored" : "edge; hit; ttl=60", CachedOrigin.StatusOf(after));
    }

    // RFC 9111 section 4.4 permits the removal of further responses. The edge removes those of the parent path, which lists the resource.
    [Theory]
    [InlineData("PUT", 200, "/api/products/mug", true)]
    [InlineData("DELETE", 204, "/api/products/mug", true)]
    [InlineData("PUT", 412, "/api/products/mug", false)]
    [InlineData("PUT", 200, "/api/products/mug/details", false)]
    [InlineData("PUT", 200, "/api/other/mug", false)]
    public async Task A_change_of_a_product_removes_all_pages_of_the_listing(string method, int status, string changed, bool isRemoved)
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) ? 200 : status;
            return Task.CompletedTask;
        });
        string[] pages = ["/api/products", "/api/products?limit=2", "/api/products?limit=2&cursor=a"];
        foreach (var page in pages)
        {
            using var stored = await edge.GetAsync(page);
        }

        using var change = await edge.SendAsync(new HttpMethod(method), changed, "Authorization: Bearer token");

        foreach (var page in pages)
        {
            using var after = await edge.GetAsync(page);
            Assert.Equal(isRemoved ? "edge; fwd=uri-miss; stored" : "edge; hit; ttl=60", CachedOrigin.StatusOf(after));
        }
    }

    [Fact]
    public async Task A_listing_that_was_fetched_before_a_change_is_not_stored()
    {
        var arrived = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        var isFirst = true;
        await using var edge = await CachedOrigin.StartAsync(async context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            if (HttpMethods.IsGet(context.Request.Method) && isFirst)
            {
                isFirst = false;
                arrived.SetResult();
                await answer.Task;
            }
        });
        var early = edge.GetAsync("/api/products?limit=2");
        await arrived.Task.WaitAsync(Ct);

        using var change = await edge.SendAsync(HttpMethod.Put, "/api/products/mug", "Authorization: Bearer token");
        answer.SetResult();
        using var before = await early;
        using var after = await edge.GetAsync("/api/products?limit=2");

        Assert.Equal("edge; fwd=uri-miss; stored", CachedOrigin.StatusOf(after));
        Assert.Equal(3, edge.Hits);
    }
}
