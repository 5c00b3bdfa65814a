using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Responses;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// The caching middleware, with Front Door's semantics. Simultaneous requests for the same key cause one fetch. If the fetched response
/// may be personal, only the request that started the fetch gets it; the others are forwarded by themselves.
/// </summary>
internal sealed class EdgeCache(ResponseStore store, TimeProvider time, IServiceProvider services)
{
    /// <summary>How long requests for a key are forwarded without waiting for each other after a response could not be shared.</summary>
    private static readonly TimeSpan HitForPassTime = TimeSpan.FromSeconds(2);

    private readonly SharedFetches _fetches = new();

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
        // A request that waited for a failed fetch waits for at most one more, so that an overloaded origin does not get a retry from each
        // waiting request.
        if (!await TryFetchAsync(context, next, key, configuration, wasStale, isLastAttempt: false))
        {
            await TryFetchAsync(context, next, key, configuration, wasStale, isLastAttempt: true);
        }
    }

    /// <returns>False when the fetch of another request has failed and this request may attempt one more.</returns>
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
            // The client has closed its connection, so there is nobody to respond to.
        }
        finally
        {
            fetch.Leave();
        }

        return true;
    }

    /// <summary>Forwards a request whose shared fetch brought a response that cannot be shared, limited to a few requests at a time.</summary>
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

    /// <summary>Prepares a fetch from the request that starts it. The returned function does not use that request any more.</summary>
    private Func<Task<FetchOutcome>> Prepare(
        HttpContext context, RequestDelegate next, CacheKey key, CacheConfiguration configuration, SharedFetch shared)
    {
        var purges = store.Purges;
        var fetch = new OriginFetch(key, context, services, shared.Cancellation);
        return async () =>
        {
            using var disposed = fetch;

            // Another fetch may have stored the response after this request had looked for it.
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

    /// <summary>A fetch sends no cookies. If the client sent some, its own response may differ from the fetched one.</summary>
    private static bool HasCookies(HttpContext context) => context.Request.Headers.Cookie.Count > 0;
}
