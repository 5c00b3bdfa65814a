using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Tests.Unit.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Cache;

/// <summary>Over real sockets: client, edge, origin.</summary>
public sealed class EdgeCacheTests
{
    private const string Picture = "/images/1/960.webp";
    private const string Labels = "/api/order-statuses/de";
    private static readonly string Text = string.Concat(Enumerable.Range(0, 500).Select(number => $"{number:0000}"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_second_client_gets_it_from_memory()
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
    public async Task When_its_time_is_up_it_is_fetched_again()
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));
        using var first = await edge.GetAsync(Picture);
        edge.Time.Advance(TimeSpan.FromSeconds(60));

        using var second = await edge.GetAsync(Picture);

        Assert.Equal("edge; fwd=stale; stored", CachedOrigin.StatusOf(second));
        Assert.Equal(2, edge.Hits);
    }

    [Fact]
    public async Task HEAD_is_answered_from_what_GET_has_stored_and_stores_nothing()
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
    public async Task A_range_of_something_new_brings_the_whole_into_the_cache()
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
    public async Task A_client_that_has_it_is_told_so()
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
    public async Task A_thousand_clients_at_once_are_one_request_to_the_origin()
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
        var answers = await Task.WhenAll(clients);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(await Task.WhenAll(answers.Select(CachedOrigin.BodyOf)), body => Assert.Equal(Text, body));
        Assert.Equal(1, edge.Hits);
        Assert.Single(answers, answer => CachedOrigin.StatusOf(answer).EndsWith("; stored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_client_who_asked_first_may_leave_the_others_are_answered()
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
        using var answer = await second;

        Assert.Equal(Text, await CachedOrigin.BodyOf(answer));
    }

    [Fact]
    public async Task A_private_answer_goes_to_nobody_else_of_those_who_waited()
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
    public async Task A_client_with_a_cookie_gets_the_private_answer_to_its_own_request()
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "private";
            return context.Response.WriteAsync($"cookie {context.Request.Headers.Cookie}", Ct);
        });

        using var answer = await edge.GetAsync(Picture, "Cookie: sid=1");

        Assert.Equal("cookie sid=1", await CachedOrigin.BodyOf(answer));
        Assert.StartsWith("edge; fwd=uri-miss; detail=private", CachedOrigin.StatusOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_origin_is_asked_a_few_times_and_not_once_for_every_client()
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

        var answers = await all;

        // Twice, and once more for each that was only just arriving when the first fetch ended.
        Assert.InRange(edge.Hits, 1, 10);
        Assert.Equal(edge.Hits, answers.Count(answer => answer.StatusCode == HttpStatusCode.InternalServerError));
        Assert.All(
            answers.Where(answer => answer.StatusCode != HttpStatusCode.InternalServerError),
            answer =>
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
            });
    }

    [Fact]
    public async Task A_failure_is_not_kept()
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
    public async Task An_answer_that_breaks_off_is_neither_kept_nor_passed_off_as_whole()
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

        // 502 when the break was noticed before the first bytes were read, else 503.
        Assert.InRange(broken.StatusCode, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("0123456789", await CachedOrigin.BodyOf(whole));
    }

    [Fact]
    public async Task What_is_too_large_to_keep_streams_through()
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

        using var answer = await edge.GetAsync(Picture);
        using var again = await edge.GetAsync(Picture);

        Assert.Equal(Size, (await answer.Content.ReadAsByteArrayAsync(Ct)).Length);
        Assert.Equal("edge; fwd=uri-miss; detail=size", CachedOrigin.StatusOf(answer));
        Assert.Equal("edge; fwd=uri-miss; detail=pass", CachedOrigin.StatusOf(again));
    }

    [Fact]
    public async Task A_request_with_a_credential_has_no_part_in_the_cache()
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
    public async Task No_header_of_one_client_shapes_what_others_get(string header)
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
    public async Task A_query_that_does_not_count_reaches_no_origin()
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
    public async Task Another_host_is_another_answer()
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
    public async Task A_listed_type_is_compressed_as_the_client_reads_it_from_one_fetch(string accepts, string? coding)
    {
        await using var edge = await CachedOrigin.StartAsync(Public("application/json; charset=utf-8"));
        using var plain = await edge.GetAsync(Labels);

        using var answer = await edge.GetAsync(Labels, $"Accept-Encoding: {accepts}");

        Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(coding is null ? "\"v1\"" : "W/\"v1\"", answer.Headers.ETag?.ToString());
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        await using var body = await answer.Content.ReadAsStreamAsync(Ct);
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
    public async Task Neither_other_types_nor_other_routes_are_compressed()
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));

        using var type = await edge.GetAsync(Labels, "Accept-Encoding: br");
        using var route = await edge.GetAsync(Picture, "Accept-Encoding: br");

        Assert.Empty(type.Content.Headers.ContentEncoding);
        Assert.Empty(route.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task A_purge_needs_the_token_and_makes_the_next_request_ask_again()
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
    public async Task A_purge_during_a_fetch_keeps_its_answer_out()
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
    public async Task Every_answer_says_what_the_cache_did(string method, string path, string status)
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));

        using var answer = await edge.SendAsync(new HttpMethod(method), path);

        Assert.Equal(status, CachedOrigin.StatusOf(answer));
    }

    [Theory]
    [InlineData("/api/cart/x.css")]
    [InlineData("/api/cart/images/x.webp")]
    [InlineData("/api/cart%2F..%2Fimages/x.webp")]
    [InlineData("/api/cart;/images/x.css")]
    public async Task A_path_that_looks_like_a_file_does_not_make_private_things_cacheable(string path)
    {
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"));

        using var victim = await edge.GetAsync(path, "Cookie: sid=victim");
        using var thief = await edge.GetAsync(path);

        Assert.Equal("edge; fwd=bypass", CachedOrigin.StatusOf(thief));
        Assert.Equal(2, edge.Hits);
    }

    [Fact]
    public async Task A_route_may_override_the_origin()
    {
        var rules = RulesFile.With(
            "\"cacheBehavior\": \"HonorOrigin\"", "\"cacheBehavior\": \"OverrideAlways\", \"cacheDuration\": \"01:00:00\"");
        await using var edge = await CachedOrigin.StartAsync(Public("text/plain"), rules);
        using var first = await edge.GetAsync(Picture);
        edge.Time.Advance(TimeSpan.FromMinutes(59));

        using var second = await edge.GetAsync(Picture);

        Assert.Equal("edge; hit; ttl=60", CachedOrigin.StatusOf(second));
    }

    [Fact]
    public async Task Rules_shape_answers_from_memory_too()
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
