using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Responses;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// The caching middleware, with the semantics of Front Door. Concurrent requests for the same key share one fetch. If the fetched response
/// may be personal, only the request that started the fetch receives it. The other requests are then forwarded separately.
/// </summary>
internal sealed class EdgeCache(ResponseStore store, TimeProvider time, IServiceProvider services)
{
    /// <summary>The lifetime of a <see cref="HitForPass"/> entry.</summary>
    private static readonly TimeSpan HitForPassTime = TimeSpan.FromSeconds(2);

    private readonly SharedFetches _fetches = new();

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
        if (context.Features.Get<EdgeDecision>() is not { Cache: { } configuration })
        {
            return ForwardAsync(context, next, "bypass");
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return ForwardAsync(context, next, "method");
        }

        // The response to a request with credentials may be personal (RFC 9111 section 3.5).
        return request.Headers.Authorization.Count > 0
            ? ForwardAsync(context, next, "bypass", "authorization")
            : ServeAsync(context, next, configuration);
    }

    private async Task ServeAsync(HttpContext context, RequestDelegate next, CacheConfiguration configuration)
    {
        var key = CacheKey.Of(context.Request, configuration);
        switch (store.Find(key, out var wasStale))
        {
            case StoredResponse stored:
                CacheStatus.Hit(context, stored.Expires - time.GetUtcNow());
                await ResponseWriter.WriteAsync(context, stored, time.GetUtcNow());
                break;
            case HitForPass:
                await ForwardAsync(context, next, "uri-miss", "pass");
                break;
            default:
                await (HttpMethods.IsHead(context.Request.Method)
                    ? ForwardAsync(context, next, "uri-miss", "head")
                    : FetchAsync(context, next, key, configuration, wasStale));
                break;
        }
    }

    private async Task FetchAsync(HttpContext context, RequestDelegate next, CacheKey key, CacheConfiguration configuration, bool wasStale)
    {
        // If the fetch fails, the requests that waited for it share one more fetch. They do not retry one by one, because that would add
        // load to an origin that may already be overloaded.
        if (!await TryFetchAsync(context, next, key, configuration, wasStale, isLastAttempt: false))
        {
            await TryFetchAsync(context, next, key, configuration, wasStale, isLastAttempt: true);
        }
    }

    /// <returns>False if another request's fetch failed and this request may try again; otherwise true.</returns>
    private async Task<bool> TryFetchAsync(
        HttpContext context, RequestDelegate next, CacheKey key, CacheConfiguration configuration, bool wasStale, bool isLastAttempt)
    {
        var fetch = _fetches.Join(key, fetch => Prepare(context, next, key, configuration, fetch), out var isFirst);
        try
        {
            switch (await fetch.Outcome.WaitAsync(context.RequestAborted))
            {
                case FetchOutcome.Shared shared:
                    CacheStatus.Fetched(context, wasStale, stored: isFirst && shared.IsStored, collapsed: !isFirst);
                    await ResponseWriter.WriteAsync(context, shared.Response, time.GetUtcNow());
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
        var fetch = new OriginFetch(key, context, services, shared.Cancellation);
        return async () =>
        {
            using var disposed = fetch;

            // Another fetch may have stored the response after this request looked it up in the cache.
            if (store.Find(key, out _) is StoredResponse existing)
            {
                return new FetchOutcome.Shared(existing, IsStored: false);
            }

            var response = await fetch.RunAsync(next);
            var now = time.GetUtcNow();
            if (response is null || response.Status >= StatusCodes.Status500InternalServerError)
            {
                if (fetch.Overflowed)
                {
                    store.TryStore(key, new HitForPass(now + HitForPassTime), purges);
                    return new FetchOutcome.TooLarge();
                }

                return new FetchOutcome.Failed(response);
            }

            var freshness = Freshness.Of(response, configuration, now);
            if (freshness.Lifetime is not { } lifetime)
            {
                store.TryStore(key, new HitForPass(now + HitForPassTime), purges);
                return new FetchOutcome.Unshared(response, freshness.Reason!);
            }

            var stored = new StoredResponse(response, configuration, now, lifetime);
            return new FetchOutcome.Shared(stored, IsStored: store.TryStore(key, stored, purges));
        };
    }

    private static Task ForwardAsync(HttpContext context, RequestDelegate next, string reason, string? detail = null)
    {
        CacheStatus.Forwarded(context, reason, detail);
        return next(context);
    }

    /// <summary>
    /// Returns whether the client has sent cookies. A fetch sends no cookies, so the client's own response may differ from the fetched
    /// response.
    /// </summary>
    private static bool HasCookies(HttpContext context) => context.Request.Headers.Cookie.Count > 0;
}
