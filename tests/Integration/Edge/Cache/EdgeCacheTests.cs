using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Tests.Integration.Edge.Cache;

/// <summary>Tests the edge cache with a real client and a real origin that communicate over sockets.</summary>
public sealed class EdgeCacheTests
{
    private const string Picture = "/images/1/960.webp";
    private const string Labels = "/api/order-statuses/de";
    private static readonly string Text = string.Concat(Enumerable.Range(0, 500).Select(number => $"{number:0000}"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_request_is_served_from_the_cache()
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));

        using var first = await edge.GetAsync(Picture);
        edge.Time.Advance(TimeSpan.FromSeconds(10));
        using var second = await edge.GetAsync(Picture);

        Assert.Equal("edge; fwd=uri-miss; stored", CachedOrigin.StatusOf(first));
        Assert.Equal("edge; hit; ttl=50", CachedOrigin.StatusOf(second));
        Assert.Equal(TimeSpan.FromSeconds(10), second.Headers.Age);
        Assert.Equal(["TCP_HIT"], second.Headers.GetValues("X-Cache"));
        Assert.Equal(await CachedOrigin.BodyOf(first), await CachedOrigin.BodyOf(second));
        Assert.Equal("yes", second.Headers.GetValues("X-Of-Origin").Single());
        Assert.Equal(1, edge.Hits);
    }

    [Fact]
    public async Task An_expired_response_is_fetched_again()
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));
        using var first = await edge.GetAsync(Picture);
        edge.Time.Advance(TimeSpan.FromSeconds(60));

        using var second = await edge.GetAsync(Picture);

        Assert.Equal("edge; fwd=stale; stored", CachedOrigin.StatusOf(second));
        Assert.Equal(2, edge.Hits);
    }

    [Fact]
    public async Task A_HEAD_request_uses_the_cache_but_does_not_store_a_response()
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));
        using var before = await edge.SendAsync(HttpMethod.Head, Picture);
        using var get = await edge.GetAsync(Picture);
        using var after = await edge.SendAsync(HttpMethod.Head, Picture);

        Assert.Equal("edge; fwd=uri-miss; detail=head", CachedOrigin.StatusOf(before));
        Assert.Equal("edge; fwd=uri-miss; stored", CachedOrigin.StatusOf(get));
        Assert.StartsWith("edge; hit", CachedOrigin.StatusOf(after), StringComparison.Ordinal);
        Assert.Equal(Text.Length, after.Content.Headers.ContentLength);
        Assert.Empty(await after.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal(2, edge.Hits);
    }

    [Fact]
    public async Task A_range_request_stores_the_complete_response_in_the_cache()
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));

        using var range = await edge.GetAsync(Picture, "Range: bytes=4-7");
        using var whole = await edge.GetAsync(Picture);
        using var none = await edge.GetAsync(Picture, "Range: bytes=9999-");

        Assert.Equal(HttpStatusCode.PartialContent, range.StatusCode);
        Assert.Equal("0001", await CachedOrigin.BodyOf(range));
        Assert.Equal(Text, await CachedOrigin.BodyOf(whole));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, none.StatusCode);
        Assert.Equal("application/problem+json", none.Content.Headers.ContentType?.MediaType);
        Assert.Equal(1, edge.Hits);
    }

    [Fact]
    public async Task A_client_that_has_the_current_version_gets_304()
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));
        using var first = await edge.GetAsync(Picture);

        using var byTag = await edge.GetAsync(Picture, "If-None-Match: \"v1\"");
        using var byDate = await edge.GetAsync(Picture, "If-Modified-Since: Tue, 24 Nov 2026 00:00:00 GMT");
        using var other = await edge.GetAsync(Picture, "If-None-Match: \"v2\"");

        Assert.Equal(HttpStatusCode.NotModified, byTag.StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, byDate.StatusCode);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(1, edge.Hits);
    }

    [Fact]
    public async Task A_thousand_simultaneous_requests_cause_one_fetch()
    {
        var arrived = 0;
        var release = new TaskCompletionSource();
        await using var edge = await CachedOrigin.StartAsync(async context =>
        {
            Interlocked.Increment(ref arrived);
            await release.Task;
            await Public("text/plain")(context);
        });
        using var client = edge.NewClient();

        var clients = Enumerable.Range(0, 1_000).Select(_ => client.GetAsync(Picture, Ct)).ToList();
        await EdgeInFront.UntilAsync(() => Volatile.Read(ref arrived) > 0);
        release.SetResult();
        var responses = await Task.WhenAll(clients);

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.All(await Task.WhenAll(responses.Select(CachedOrigin.BodyOf)), body => Assert.Equal(Text, body));
        Assert.Equal(1, edge.Hits);
        Assert.Single(responses, response => CachedOrigin.StatusOf(response).EndsWith("; stored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fetch_continues_when_the_client_that_caused_it_disconnects()
    {
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var edge = await CachedOrigin.StartAsync(async context =>
        {
            arrived.TrySetResult();
            await release.Task;
            await Public("text/plain")(context);
        });
        using var leaving = new CancellationTokenSource();
        using var impatient = edge.NewClient();
        var first = impatient.GetAsync(Picture, leaving.Token);
        await arrived.Task.WaitAsync(Ct);
        var second = edge.GetAsync(Picture);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        release.SetResult();
        using var response = await second;

        Assert.Equal(Text, await CachedOrigin.BodyOf(response));
    }

    [Fact]
    public async Task A_private_response_is_not_shared_with_waiting_clients()
    {
        var number = 0;
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var edge = await CachedOrigin.StartAsync(async context =>
        {
            var mine = Interlocked.Increment(ref number);
            arrived.TrySetResult();
            await release.Task;
            context.Response.Headers.CacheControl = "private";
            await context.Response.WriteAsync($"secret {mine}", Ct);
        });
        var first = edge.GetAsync(Picture);
        await arrived.Task.WaitAsync(Ct);
        var others = Enumerable.Range(0, 50).Select(_ => edge.GetAsync(Picture)).ToList();
        release.SetResult();

        var bodies = await Task.WhenAll((await Task.WhenAll([first, .. others])).Select(CachedOrigin.BodyOf));

        Assert.Equal(51, bodies.Distinct().Count());
        Assert.Equal(51, edge.Hits);
    }

    [Fact]
    public async Task The_origin_receives_the_cookie_of_an_uncached_request()
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "private";
            return context.Response.WriteAsync($"cookie {context.Request.Headers.Cookie}", Ct);
        });

        using var response = await edge.GetAsync(Picture, "Cookie: sid=1");

        Assert.Equal("cookie sid=1", await CachedOrigin.BodyOf(response));
        Assert.StartsWith("edge; fwd=uri-miss; detail=private", CachedOrigin.StatusOf(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_requests_do_not_flood_a_failing_origin()
    {
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var edge = await CachedOrigin.StartAsync(async context =>
        {
            arrived.TrySetResult();
            await release.Task;
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync("private detail", Ct);
        });
        var first = edge.GetAsync(Picture);
        await arrived.Task.WaitAsync(Ct);
        var others = Enumerable.Range(0, 200).Select(_ => edge.GetAsync(Picture)).ToList();
        var all = Task.WhenAll([first, .. others]);
        await edge.UntilAtEdgeAsync(201);
        release.SetResult();

        var responses = await all;

        // Normally there are two fetches. Each request that arrives just after a fetch has ended causes another fetch.
        Assert.InRange(edge.Hits, 1, 10);
        Assert.Equal(edge.Hits, responses.Count(response => response.StatusCode == HttpStatusCode.InternalServerError));
        Assert.All(
            responses.Where(response => response.StatusCode != HttpStatusCode.InternalServerError),
            response =>
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
            });
    }

    [Fact]
    public async Task An_error_response_is_not_stored()
    {
        var fails = true;
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.StatusCode = fails ? 503 : 200;
            context.Response.Headers.CacheControl = "public, max-age=60";
            return context.Response.WriteAsync("x", Ct);
        });

        using var failed = await edge.GetAsync(Picture);
        fails = false;
        using var good = await edge.GetAsync(Picture);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task An_incomplete_response_is_neither_stored_nor_sent()
    {
        var breaks = true;
        await using var edge = await CachedOrigin.StartAsync(async context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            context.Response.ContentLength = 10;
            await context.Response.WriteAsync("01234", Ct);
            await context.Response.Body.FlushAsync(Ct);
            if (breaks)
            {
                context.Abort();
                return;
            }

            await context.Response.WriteAsync("56789", Ct);
        });

        using var broken = await edge.GetAsync(Picture);
        breaks = false;
        using var whole = await edge.GetAsync(Picture);

        // The status is 502 if the connection broke before the first bytes were read, and 503 otherwise.
        Assert.InRange(broken.StatusCode, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("0123456789", await CachedOrigin.BodyOf(whole));
    }

    [Fact]
    public async Task A_response_above_the_size_limit_is_streamed()
    {
        const int Size = 9 * 1024 * 1024;
        await using var edge = await CachedOrigin.StartAsync(async context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            for (var sent = 0; sent < Size; sent += 65536)
            {
                await context.Response.Body.WriteAsync(new byte[65536], Ct);
            }
        });

        using var response = await edge.GetAsync(Picture);
        using var again = await edge.GetAsync(Picture);

        Assert.Equal(Size, (await response.Content.ReadAsByteArrayAsync(Ct)).Length);
        Assert.Equal("edge; fwd=uri-miss; detail=size", CachedOrigin.StatusOf(response));
        Assert.Equal("edge; fwd=uri-miss; detail=pass", CachedOrigin.StatusOf(again));
    }

    [Fact]
    public async Task A_request_with_credentials_bypasses_the_cache()
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return context.Response.WriteAsync($"for {context.Request.Headers.Authorization}", Ct);
        });

        using var owner = await edge.GetAsync(Picture, "Authorization: Bearer mine");
        using var other = await edge.GetAsync(Picture);

        Assert.Equal("for Bearer mine", await CachedOrigin.BodyOf(owner));
        Assert.Equal("edge; fwd=bypass; detail=authorization", CachedOrigin.StatusOf(owner));
        Assert.Equal("for ", await CachedOrigin.BodyOf(other));
    }

    [Theory]
    [InlineData("X-Forwarded-Host: evil.example")]
    [InlineData("X-Forwarded-For: 10.0.0.1")]
    [InlineData("X-Original-URL: /admin")]
    [InlineData("Cookie: sid=evil")]
    [InlineData("User-Agent: evil")]
    [InlineData("Accept-Language: xx-evil")]
    [InlineData("X-Anything: evil")]
    public async Task Client_headers_do_not_influence_shared_responses(string header)
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return context.Response.WriteAsync(string.Join('\n', context.Request.Headers.Select(sent => $"{sent.Key}: {sent.Value}")), Ct);
        });

        using var poisoner = await edge.GetAsync(Picture, header);
        using var victim = await edge.GetAsync(Picture);

        Assert.StartsWith("edge; hit", CachedOrigin.StatusOf(victim), StringComparison.Ordinal);
        var seen = await CachedOrigin.BodyOf(victim);
        Assert.Contains("X-Forwarded-Proto: http", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("/admin", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.1", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ignored_query_string_is_not_sent_to_the_origin()
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return context.Response.WriteAsync($"query {context.Request.QueryString}", Ct);
        });

        using var poisoner = await edge.GetAsync($"{Picture}?evil=1");

        Assert.Equal("query ", await CachedOrigin.BodyOf(poisoner));
    }

    [Fact]
    public async Task Each_host_has_its_own_cached_responses()
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return context.Response.WriteAsync($"host {context.Request.Host}", Ct);
        });

        using var poisoner = await edge.GetAsync(Picture, "Host: evil.example");
        using var victim = await edge.GetAsync(Picture, "Host: shop.example");

        Assert.Equal("host shop.example", await CachedOrigin.BodyOf(victim));
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, br;q=0", "gzip")]
    [InlineData("identity", null)]
    [InlineData("*", "br")]
    public async Task Listed_media_types_are_compressed_with_a_coding_the_client_accepts(string accepts, string? coding)
    {
        await using var edge = await CachedOrigin.StartAsync(Public("application/json; charset=utf-8"));
        using var plain = await edge.GetAsync(Labels);

        using var response = await edge.GetAsync(Labels, $"Accept-Encoding: {accepts}");

        Assert.Equal(coding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(coding is null ? "\"v1\"" : "W/\"v1\"", response.Headers.ETag?.ToString());
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        await using var body = await response.Content.ReadAsStreamAsync(Ct);
        await using var decoded = coding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(decoded);
        Assert.Equal(Text, await reader.ReadToEndAsync(Ct));
        Assert.Equal(1, edge.Hits);
    }

    [Fact]
    public async Task Responses_with_unlisted_media_types_or_routes_are_not_compressed()
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));

        using var type = await edge.GetAsync(Labels, "Accept-Encoding: br");
        using var route = await edge.GetAsync(Picture, "Accept-Encoding: br");

        Assert.Empty(type.Content.Headers.ContentEncoding);
        Assert.Empty(route.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task A_purge_removes_cached_responses_and_requires_the_token()
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));
        using var first = await edge.GetAsync(Picture);

        using var anonymous = await edge.SendAsync(HttpMethod.Post, "/.edge/purge?path=/images/*");
        using var wrong = await edge.SendAsync(HttpMethod.Post, "/.edge/purge?path=/images/*", "Authorization: Bearer other");
        using var unread = await edge.SendAsync(HttpMethod.Post, "/.edge/purge?path=images", $"Authorization: Bearer {CachedOrigin.PurgeToken}");
        using var kept = await edge.GetAsync(Picture);
        using var purged = await edge.SendAsync(HttpMethod.Post, "/.edge/purge?path=/images/*", $"Authorization: Bearer {CachedOrigin.PurgeToken}");
        using var second = await edge.GetAsync(Picture);

        Assert.Equal(HttpStatusCode.Forbidden, anonymous.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, unread.StatusCode);
        Assert.StartsWith("edge; hit", CachedOrigin.StatusOf(kept), StringComparison.Ordinal);
        Assert.Equal("1", purged.Headers.GetValues("X-Purged").Single());
        Assert.Equal("edge; fwd=uri-miss; stored", CachedOrigin.StatusOf(second));
    }

    [Fact]
    public async Task A_purge_during_a_fetch_prevents_storing_the_response()
    {
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var edge = await CachedOrigin.StartAsync(async context =>
        {
            arrived.TrySetResult();
            await release.Task;
            await Public("text/plain")(context);
        });
        var first = edge.GetAsync(Picture);
        await arrived.Task.WaitAsync(Ct);
        using var purged = await edge.SendAsync(HttpMethod.Post, "/.edge/purge?path=/*", $"Authorization: Bearer {CachedOrigin.PurgeToken}");
        release.SetResult();

        using var old = await first;
        using var fresh = await edge.GetAsync(Picture);

        Assert.Equal("edge; fwd=uri-miss", CachedOrigin.StatusOf(old));
        Assert.Equal("edge; fwd=uri-miss; stored", CachedOrigin.StatusOf(fresh));
    }

    [Theory]
    [InlineData("GET", "/api/orders", "edge; fwd=bypass")]
    [InlineData("POST", "/images/1", "edge; fwd=method")]
    [InlineData("DELETE", "/api/images/1", "edge; detail=waf")]
    public async Task Every_response_reports_how_the_cache_handled_the_request(string method, string path, string status)
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));

        using var response = await edge.SendAsync(new HttpMethod(method), path);

        Assert.Equal(status, CachedOrigin.StatusOf(response));
    }

    [Theory]
    [InlineData("/api/cart/x.css")]
    [InlineData("/api/cart/images/x.webp")]
    [InlineData("/api/cart%2F..%2Fimages/x.webp")]
    [InlineData("/api/cart;/images/x.css")]
    public async Task A_cart_path_with_a_file_extension_is_not_cached(string path)
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));

        using var victim = await edge.GetAsync(path, "Cookie: sid=victim");
        using var thief = await edge.GetAsync(path);

        Assert.Equal("edge; fwd=bypass", CachedOrigin.StatusOf(thief));
        Assert.Equal(2, edge.Hits);
    }

    [Fact]
    public async Task A_route_can_override_the_cache_lifetime()
    {
        var repository = EdgeInFront.RepositoryRules();
        var rules = repository with
        {
            Routes = [.. repository.Routes.Select(route => route with
            {
                Cache = route.Cache is null ? null : route.Cache with { CacheBehavior = CacheBehavior.OverrideAlways, CacheDuration = TimeSpan.FromHours(1) },
            })],
        };
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"), rules);
        using var first = await edge.GetAsync(Picture);
        edge.Time.Advance(TimeSpan.FromMinutes(59));

        using var second = await edge.GetAsync(Picture);

        Assert.Equal("edge; hit; ttl=60", CachedOrigin.StatusOf(second));
    }

    [Fact]
    public async Task Response_header_rules_apply_to_cached_responses()
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));
        using var first = await edge.GetAsync(Picture);
        using var second = await edge.GetAsync(Picture);

        Assert.Equal("default-src 'none'; frame-ancestors 'none'", second.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", second.Headers.GetValues("X-Content-Type-Options").Single());
    }

    private static RequestDelegate Public(string contentType) => context =>
    {
        context.Response.Headers.CacheControl = "public, max-age=60";
        context.Response.Headers.ETag = "\"v1\"";
        context.Response.Headers.LastModified = "Mon, 23 Nov 2026 00:00:00 GMT";
        context.Response.Headers["X-Of-Origin"] = "yes";
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(Text, context.RequestAborted);
    };
}
