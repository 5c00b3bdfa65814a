using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerlessScale.Tests.Integration.Edge.Cache;

/// <summary>Tests the cache's rules of RFC 9110 and RFC 9111 with a real client and a real origin that communicate over sockets.</summary>
public sealed class EdgeCacheRfcTests
{
    private const string Picture = "/images/1/960.webp";
    private const string Modified = "Mon, 23 Nov 2026 00:00:00 GMT";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_expired_response_is_validated_with_its_validators()
    {
        var seen = new List<string>();
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            seen.Add($"{context.Request.Headers.IfNoneMatch} {context.Request.Headers.IfModifiedSince}".Trim());
            context.Response.Headers.CacheControl = "public, max-age=60";
            context.Response.Headers.ETag = "\"v1\"";
            context.Response.Headers["X-Count"] = $"{seen.Count}";
            if (seen.Count > 1)
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            context.Response.Headers.LastModified = Modified;
            context.Response.Headers["X-Once"] = "kept";
            return context.Response.WriteAsync("body", Ct);
        });
        using var first = await edge.GetAsync(Picture);
        edge.Time.Advance(TimeSpan.FromSeconds(60));

        using var validated = await edge.GetAsync(Picture);
        using var hit = await edge.GetAsync(Picture);

        Assert.Equal(["", $"\"v1\" {Modified}"], seen);
        Assert.Equal("edge; fwd=stale; fwd-status=304; stored", CachedOrigin.StatusOf(validated));
        Assert.Equal("edge; hit; ttl=60", CachedOrigin.StatusOf(hit));
        foreach (var response in (HttpResponseMessage[])[validated, hit])
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("body", await CachedOrigin.BodyOf(response));

            // The 304 response replaces headers, and the others stay (RFC 9111 section 4.3.4).
            Assert.Equal("2", response.Headers.GetValues("X-Count").Single());
            Assert.Equal("kept", response.Headers.GetValues("X-Once").Single());
        }
    }

    [Fact]
    public async Task A_304_for_another_version_causes_a_complete_fetch()
    {
        var requests = 0;
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            context.Response.Headers.ETag = ++requests == 1 ? "\"v1\"" : "\"v2\"";
            context.Response.StatusCode = context.Request.Headers.IfNoneMatch.Count > 0 ? 304 : 200;
            return context.Response.StatusCode == 304 ? Task.CompletedTask : context.Response.WriteAsync($"body {requests}", Ct);
        });
        using var first = await edge.GetAsync(Picture);
        edge.Time.Advance(TimeSpan.FromSeconds(60));

        using var second = await edge.GetAsync(Picture);

        Assert.Equal("body 3", await CachedOrigin.BodyOf(second));
    }

    [Theory]
    [InlineData("max-age=60", HttpStatusCode.OK)]
    [InlineData("max-age=60, must-revalidate", HttpStatusCode.ServiceUnavailable)]
    [InlineData("s-maxage=60", HttpStatusCode.ServiceUnavailable)]
    public async Task An_expired_response_is_served_only_if_allowed_when_the_origin_is_down(string control, HttpStatusCode status)
    {
        var isDown = false;
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.StatusCode = isDown ? 503 : 200;
            context.Response.Headers.CacheControl = control;
            return context.Response.WriteAsync("body", Ct);
        });
        using var first = await edge.GetAsync(Picture);
        edge.Time.Advance(TimeSpan.FromSeconds(70));
        isDown = true;

        using var second = await edge.GetAsync(Picture);

        Assert.Equal(status, second.StatusCode);
        if (status == HttpStatusCode.OK)
        {
            // A stale response states a negative lifetime (RFC 9211 section 2.5) and its age.
            Assert.Equal("edge; hit; ttl=-10; detail=origin-failed", CachedOrigin.StatusOf(second));
            Assert.Equal(TimeSpan.FromSeconds(70), second.Headers.Age);
        }
    }

    [Fact]
    public async Task Headers_of_one_connection_or_invocation_are_not_stored()
    {
        // Kestrel does not send other values in Connection than its own, so the origin is a raw socket.
        await using var origin = new RawOrigin("a")
        {
            Behaviour = (socket, cancellationToken) => socket.SendAsync(
                "HTTP/1.1 200 OK\r\nConnection: X-Hop, keep-alive\r\nX-Hop: a\r\nProxy-Authenticate: a\r\nProxy-Authentication-Info: a\r\nTE: a\r\n"u8
                    .ToArray()
                    .Concat("X-Cold-Start: a\r\nX-Instance-Id: a\r\nServer-Timing: a\r\nX-Kept: a\r\n"u8.ToArray())
                    .Concat("Cache-Control: public, max-age=60\r\nContent-Length: 0\r\n\r\n"u8.ToArray())
                    .ToArray(),
                cancellationToken).AsTask(),
        };
        await using var edge = await EdgeInFront.StartAsync(EdgeInFront.RepositoryRules(), EdgeInFront.ShortEjection);
        await edge.Edge.AddAsync(origin.Origin);
        using var first = await edge.Http.GetAsync(Picture, Ct);

        using var hit = await edge.Http.GetAsync(Picture, Ct);

        Assert.False(first.Headers.Contains("X-Hop"));
        Assert.StartsWith("edge; hit", CachedOrigin.StatusOf(hit), StringComparison.Ordinal);
        Assert.Equal(["X-Kept"], hit.Headers.Where(header => header.Value.Contains("a")).Select(header => header.Key));
    }

    [Fact]
    public async Task Only_a_reused_response_has_an_age()
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return context.Response.WriteAsync("body", Ct);
        });

        using var first = await edge.GetAsync(Picture);
        edge.Time.Advance(TimeSpan.FromSeconds(7));
        using var second = await edge.GetAsync(Picture);

        Assert.Null(first.Headers.Age);
        Assert.Equal(TimeSpan.FromSeconds(7), second.Headers.Age);
    }

    [Fact]
    public async Task Stored_preconditions_and_ranges_follow_RFC_9110()
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            context.Response.Headers.ETag = "\"v1\"";
            context.Response.Headers.LastModified = Modified;
            return context.Response.WriteAsync("0123456789", Ct);
        });
        using var first = await edge.GetAsync(Picture);

        using var noneMatch = await edge.GetAsync(Picture, "If-None-Match: \"v1\"", "If-Modified-Since: Sun, 22 Nov 2026 00:00:00 GMT");
        using var match = await edge.GetAsync(Picture, "If-Match: \"v1\"", "If-Unmodified-Since: Sun, 22 Nov 2026 00:00:00 GMT");
        using var head = await edge.SendAsync(HttpMethod.Head, Picture, "Range: bytes=0-3");
        using var unit = await edge.GetAsync(Picture, "Range: items=0-3");
        using var changed = await edge.GetAsync(Picture, "Range: bytes=0-3", "If-Range: W/\"v1\"");
        using var range = await edge.GetAsync(Picture, "Range: bytes=4-6", "If-Range: \"v1\"");

        Assert.Equal(HttpStatusCode.NotModified, noneMatch.StatusCode);
        Assert.Equal("\"v1\"", noneMatch.Headers.ETag?.Tag);
        Assert.Equal("public, max-age=60", noneMatch.Headers.CacheControl?.ToString());
        Assert.All((HttpResponseMessage[])[match, head, unit, changed], response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(10, head.Content.Headers.ContentLength);
        Assert.Equal("0123456789", await CachedOrigin.BodyOf(changed));
        Assert.Equal("456", await CachedOrigin.BodyOf(range));
        Assert.Equal("bytes 4-6/10", range.Content.Headers.ContentRange?.ToString());
        Assert.Equal(1, edge.Hits);
    }

    [Fact]
    public async Task A_path_longer_than_a_key_bypasses_the_cache()
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return context.Response.WriteAsync("body", Ct);
        });
        var path = $"/images/{new string('p', 4_000)}";

        using var first = await edge.GetAsync(path);
        using var second = await edge.GetAsync(path);

        Assert.Equal("edge; fwd=bypass; detail=key-length", CachedOrigin.StatusOf(second));
        Assert.Equal(2, edge.Hits);
    }

    [Fact]
    public async Task Paths_that_differ_in_an_encoded_slash_are_not_cached_under_one_key()
    {
        await using var edge = await CachedOrigin.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return context.Response.WriteAsync(context.Features.Get<IHttpRequestFeature>()!.RawTarget, Ct);
        });

        using var slash = await edge.GetAsync("/images/a%2fb");
        using var percent = await edge.GetAsync("/images/a%252fb");

        Assert.Equal("/images/a%2fb", await CachedOrigin.BodyOf(slash));
        Assert.Equal("/images/a%252fb", await CachedOrigin.BodyOf(percent));
        Assert.Equal("edge; fwd=bypass; detail=encoded-path", CachedOrigin.StatusOf(percent));
    }

    [Fact]
    public async Task A_waiting_request_leaves_a_hung_fetch_after_the_limit()
    {
        var isFirst = true;
        var arrived = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        await using var edge = await CachedOrigin.StartAsync(async context =>
        {
            if (isFirst)
            {
                isFirst = false;
                arrived.SetResult();
                await never.Task;
            }

            context.Response.Headers.CacheControl = "public, max-age=31536000";
            await context.Response.WriteAsync("body", Ct);
        });
        var hung = edge.GetAsync(Picture);
        await arrived.Task.WaitAsync(Ct);
        var waiting = Enumerable.Range(0, 30).Select(_ => edge.GetAsync(Picture)).ToList();
        await edge.UntilAtEdgeAsync(31);

        // The clock advances until the waiting requests have left, because a request may be counted before it begins to wait.
        while (edge.Hits < 2)
        {
            edge.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(10, Ct);
        }

        Assert.All(await Task.WhenAll(waiting), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.False(hung.IsCompleted);
        using var later = await edge.GetAsync(Picture);
        Assert.StartsWith("edge; hit", CachedOrigin.StatusOf(later), StringComparison.Ordinal);
        never.SetResult();
        using var last = await hung;
    }

    [Fact]
    public async Task A_request_is_forwarded_separately_after_two_hung_fetches()
    {
        var requests = 0;
        var never = new TaskCompletionSource();
        await using var edge = await CachedOrigin.StartAsync(async context =>
        {
            if (Interlocked.Increment(ref requests) <= 2)
            {
                await never.Task;
            }

            context.Response.Headers.CacheControl = "public, max-age=31536000";
            await context.Response.WriteAsync("body", Ct);
        });
        var first = edge.GetAsync(Picture);
        await EdgeInFront.UntilAsync(() => edge.Hits == 1);
        var others = Enumerable.Range(0, 3).Select(_ => edge.GetAsync(Picture)).ToList();
        await edge.UntilAtEdgeAsync(4);

        // One of the three requests starts the second fetch, which hangs too. The other two are forwarded separately.
        while (others.Count(other => other.IsCompleted) < 2)
        {
            edge.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(10, Ct);
        }

        Assert.Contains(
            others.Where(other => other.IsCompleted),
            other => CachedOrigin.StatusOf(other.Result) == "edge; fwd=uri-miss; detail=collapsed-too-long");
        never.SetResult();
        await Task.WhenAll([first, .. others]);
    }
}
