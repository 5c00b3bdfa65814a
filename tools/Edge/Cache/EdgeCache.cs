using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Responses;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// The caching middleware, with the semantics of Front Door. Concurrent requests for the same key share one fetch. If the fetched response
/// may be personal, only the request that started the fetch receives it. The other requests are then forwarded separately.
/// </summary>
/// <param name="store">The stored responses.</param>
/// <param name="time">The clock.</param>
/// <param name="collapsedWait">The maximum time that a request waits for another request's fetch.</param>
/// <param name="services">The services of the server, which outlive each request.</param>
internal sealed class EdgeCache(ResponseStore store, TimeProvider time, TimeSpan collapsedWait, IServiceProvider services)
{
    /// <summary>
    /// The maximum number of fetches that a request waits for. If none of them has produced a response, the request is forwarded separately.
    /// </summary>
    private const int MaxFetches = 2;

    /// <summary>The lifetime of a <see cref="HitForPass"/> entry.</summary>
    private static readonly TimeSpan HitForPassTime = TimeSpan.FromSeconds(2);

    /// <summary>The configurations whose keys ignore the query string, and use the complete query string.</summary>
    private static readonly CacheConfiguration[] Commonest =
    [
        .. from behavior in (QueryStringCachingBehavior[])[QueryStringCachingBehavior.IgnoreQueryString, QueryStringCachingBehavior.UseQueryString]
           select new CacheConfiguration
           {
               QueryStringCachingBehavior = behavior,
               CacheBehavior = CacheBehavior.HonorOrigin,
               IsCompressionEnabled = false,
           },
    ];

    private readonly SharedFetches _fetches = new(time, collapsedWait);

    /// <summary>Removes the matching responses. Also prevents requests from joining matching fetches that are in progress.</summary>
    /// <returns>The number of removed responses.</returns>
    public int Purge(PurgePattern pattern)
    {
        var purged = store.Purge(pattern);
        _fetches.Detach(pattern);
        return purged;
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var configuration = context.Features.Get<EdgeDecision>()?.Cache;
        if (!IsSafe(request.Method))
        {
            return ForwardUnsafeAsync(context, next, configuration);
        }

        if (configuration is null)
        {
            return ForwardAsync(context, next, "bypass");
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return ForwardAsync(context, next, "method");
        }

        // The response to a request with credentials may be personal (RFC 9111 section 3.5).
        if (request.Headers.Authorization.Count > 0)
        {
            return ForwardAsync(context, next, "bypass", "authorization");
        }

        var key = CacheKey.Of(request, configuration);
        return key switch
        {
            { Length: > CacheKey.MaxLength } => ForwardAsync(context, next, "bypass", "key-length"),

            // The server decodes every character except the slash, so a percent sign in the path came from %2f or from %25. The key cannot
            // distinguish these two paths, although the origin does.
            _ when key.Path.Contains('%', StringComparison.Ordinal) => ForwardAsync(context, next, "bypass", "encoded-path"),
            _ => ServeAsync(context, next, key, configuration),
        };
    }

    private async Task ServeAsync(HttpContext context, RequestDelegate next, CacheKey key, CacheConfiguration configuration)
    {
        switch (store.Find(key, out var expired))
        {
            case StoredResponse stored:
                CacheStatus.Hit(context, stored.Expires - time.GetUtcNow());
                await ResponseWriter.WriteAsync(context, stored, time.GetUtcNow(), isReused: true);
                break;
            case HitForPass:
                await ForwardAsync(context, next, "uri-miss", "pass");
                break;
            default:
                await (HttpMethods.IsHead(context.Request.Method)
                    ? ForwardAsync(context, next, "uri-miss", "head")
                    : FetchAsync(context, next, key, configuration, expired is not null));
                break;
        }
    }

    private async Task FetchAsync(HttpContext context, RequestDelegate next, CacheKey key, CacheConfiguration configuration, bool wasStale)
    {
        // If a fetch fails or takes too long, the requests that waited for it share one more fetch. They do not retry one by one, because
        // that would add load to an origin that may already be overloaded. The new fetch may go to another origin.
        for (var fetches = 1; fetches <= MaxFetches; fetches++)
        {
            if (await TryFetchAsync(context, next, key, configuration, wasStale, isLastAttempt: fetches == MaxFetches))
            {
                return;
            }
        }

        // No fetch has produced a response in time, so the request does not depend on other requests any longer.
        await ForwardAsync(context, next, "uri-miss", "collapsed-too-long");
    }

    /// <returns>False if another request's fetch failed or took too long, so that this request may try again; otherwise true.</returns>
    private async Task<bool> TryFetchAsync(
        HttpContext context, RequestDelegate next, CacheKey key, CacheConfiguration configuration, bool wasStale, bool isLastAttempt)
    {
        var fetch = _fetches.Join(key, fetch => Prepare(context, next, key, configuration, fetch), out var isFirst);
        try
        {
            switch (await WaitAsync(fetch, isFirst, context.RequestAborted))
            {
                case FetchOutcome.Shared shared:
                    Report(context, shared, wasStale, isFirst);
                    await ResponseWriter.WriteAsync(
                        context, shared.Response, time.GetUtcNow(), isReused: !isFirst || shared.Origin == FetchOutcome.Source.ExpiredResponse);
                    break;
                case FetchOutcome.Unshared unshared when isFirst && !HasCookies(context):
                    CacheStatus.NotStored(context, unshared.Reason);
                    await ResponseWriter.WriteAsync(context, unshared.Response);
                    break;
                case FetchOutcome.Failed { Response: { } response } when isFirst:
                    CacheStatus.NotStored(context, "failed");
                    await ResponseWriter.WriteAsync(context, response);
                    break;
                case FetchOutcome.Failed when isFirst || isLastAttempt:
                    CacheStatus.NotStored(context, "failed");
                    await EdgeProblem.WriteAsync(
                        context, StatusCodes.Status503ServiceUnavailable, "origin-failed", "The response could not be fetched",
                        "The origin did not respond, or its response was incomplete. Try again.", retryAfterSeconds: 1);
                    break;
                case FetchOutcome.Failed:
                    return false;
                case var other:
                    await ForwardInTurnAsync(context, next, fetch, other is FetchOutcome.Unshared { Reason: var reason } ? reason : "size");
                    break;
            }
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected, so no response can be sent.
        }
        finally
        {
            fetch.Leave();
        }

        return true;
    }

    /// <summary>
    /// Waits for a fetch. The request that started the fetch waits until the time limit for the origin has passed. Any other request waits at
    /// most until the fetch has taken <c>collapsedWait</c>.
    /// </summary>
    /// <exception cref="TimeoutException">The fetch has taken too long.</exception>
    private Task<FetchOutcome> WaitAsync(SharedFetch fetch, bool isFirst, CancellationToken cancellationToken)
    {
        var left = fetch.StartedAt + collapsedWait - time.GetUtcNow();
        return isFirst
            ? fetch.Outcome.WaitAsync(cancellationToken)
            : fetch.Outcome.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
    }

    private void Report(HttpContext context, FetchOutcome.Shared shared, bool wasStale, bool isFirst)
    {
        switch (shared.Origin)
        {
            case FetchOutcome.Source.Validation:
                CacheStatus.Validated(context, isFirst && shared.IsStored, collapsed: !isFirst);
                break;
            case FetchOutcome.Source.ExpiredResponse:
                CacheStatus.Expired(context, shared.Response.Expires - time.GetUtcNow());
                break;
            default:
                CacheStatus.Fetched(context, wasStale, isFirst && shared.IsStored, collapsed: !isFirst);
                break;
        }
    }

    /// <summary>
    /// Forwards a request that waited for a fetch whose response turned out not to be shareable. The number of such requests in progress is
    /// limited.
    /// </summary>
    private static async Task ForwardInTurnAsync(HttpContext context, RequestDelegate next, SharedFetch fetch, string reason)
    {
        await fetch.Forwards.WaitAsync(context.RequestAborted);
        try
        {
            await ForwardAsync(context, next, "uri-miss", reason);
        }
        finally
        {
            fetch.Forwards.Release();
        }
    }

    /// <summary>
    /// Copies the data that the fetch needs from the client's request. The returned function does not access the request, so the fetch can
    /// continue after the client has disconnected.
    /// </summary>
    private Func<Task<FetchOutcome>> Prepare(
        HttpContext context, RequestDelegate next, CacheKey key, CacheConfiguration configuration, SharedFetch shared)
    {
        var purges = store.Purges;
        store.Find(key, out var expired);
        var complete = new OriginFetch(key, context, services, shared.Cancellation);
        var validation = expired is null ? null : new OriginFetch(key, context, services, shared.Cancellation, expired);
        return async () =>
        {
            using var disposed = complete;
            using var disposedToo = validation;

            // Another fetch may have stored the response after this request looked it up in the cache.
            if (store.Find(key, out _) is StoredResponse existing)
            {
                return new FetchOutcome.Shared(existing, IsStored: false);
            }

            var started = time.GetUtcNow();
            var source = FetchOutcome.Source.Origin;
            var response = await (validation ?? complete).RunAsync(next);
            if (expired is not null && response?.Status == StatusCodes.Status304NotModified)
            {
                source = FetchOutcome.Source.Validation;
                response = expired.ValidatedBy(response, time.GetUtcNow());
                if (response is null)
                {
                    // The origin has confirmed a version that is not the stored one (RFC 9111 section 4.3.3).
                    source = FetchOutcome.Source.Origin;
                    response = await complete.RunAsync(next);
                }
            }

            var now = time.GetUtcNow();
            if (response is null || response.Status >= StatusCodes.Status500InternalServerError)
            {
                if (complete.Overflowed || validation?.Overflowed == true)
                {
                    store.TryStore(key, new HitForPass(now + HitForPassTime), purges);
                    return new FetchOutcome.TooLarge();
                }

                return expired is { MayBeServedStale: true } && !shared.IsOutdated && IsUnreachable(response)
                    ? new FetchOutcome.Shared(expired, IsStored: false, FetchOutcome.Source.ExpiredResponse)
                    : new FetchOutcome.Failed(response);
            }

            var freshness = Freshness.Of(response, configuration, now, now - started);
            if (freshness.Lifetime is null)
            {
                store.TryStore(key, new HitForPass(now + HitForPassTime), purges);
                return new FetchOutcome.Unshared(response, freshness.Reason!);
            }

            var stored = new StoredResponse(response, configuration, now, freshness);
            return new FetchOutcome.Shared(stored, IsStored: !shared.IsOutdated && store.TryStore(key, stored, purges), source);
        };
    }

    /// <summary>
    /// Forwards a request that may change the content. If it succeeds, the stored responses for its URL, and for the URLs in Location and
    /// Content-Location on the same host, are removed (RFC 9111 section 4.4). On a route with a cache, so are the responses for the parent
    /// path, whatever their query string, because a listing contains the changed resource.
    /// </summary>
    private async Task ForwardUnsafeAsync(HttpContext context, RequestDelegate next, CacheConfiguration? configuration)
    {
        await ForwardAsync(context, next, configuration is null ? "bypass" : "method");
        var response = context.Response;
        if (response.StatusCode is < StatusCodes.Status200OK or >= StatusCodes.Status400BadRequest)
        {
            return;
        }

        var request = context.Request;
        Invalidate(request.Host, request.Path, request.QueryString, configuration);
        if (configuration is not null)
        {
            InvalidateParentOf(request.Path);
        }

        foreach (var location in (string?[])[response.Headers.Location, response.Headers[HeaderNames.ContentLocation]])
        {
            if (location is { Length: > 0 and <= CacheKey.MaxLength }
                && Uri.TryCreate($"{request.Scheme}://{request.Host}{request.Path.ToUriComponent()}", UriKind.Absolute, out var target)
                && Uri.TryCreate(target, location, out var other)
                && other.Scheme == target.Scheme && other.Authority == target.Authority)
            {
                Invalidate(request.Host, PathString.FromUriComponent(other), QueryString.FromUriComponent(other), configuration);
            }
        }
    }

    private void InvalidateParentOf(PathString path)
    {
        var text = path.Value ?? "";
        if (text.LastIndexOf('/') is > 0 and var end && PurgePattern.Parse(text[..end]) is { } parent)
        {
            _fetches.Invalidate(parent);
            store.Remove(parent);
        }
    }

    private void Invalidate(HostString host, PathString path, QueryString query, CacheConfiguration? configuration)
    {
        // Another route may be responsible for the URL, so the keys without a query string and with the complete one are removed too.
        CacheConfiguration[] configurations = configuration is null ? Commonest : [.. Commonest, configuration];
        foreach (var key in configurations.Select(each => CacheKey.Of(host.Value ?? "", path, query, each)).Distinct())
        {
            _fetches.Invalidate(key);
            store.Remove(key);
        }
    }

    private static Task ForwardAsync(HttpContext context, RequestDelegate next, string reason, string? detail = null)
    {
        CacheStatus.Forwarded(context, reason, detail);
        return next(context);
    }

    /// <summary>Returns whether a method is safe, so that it cannot change the content (RFC 9110 section 9.2.1).</summary>
    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    /// <summary>Returns whether no origin has processed the request: there was no response, or a gateway sent it.</summary>
    private static bool IsUnreachable(FetchedResponse? response) =>
        response?.Status is null or StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout;

    /// <summary>
    /// Returns whether the client has sent cookies. A fetch sends no cookies, so the client's own response may differ from the fetched
    /// response.
    /// </summary>
    private static bool HasCookies(HttpContext context) => context.Request.Headers.Cookie.Count > 0;
}
