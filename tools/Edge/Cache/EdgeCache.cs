using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Responses;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// Answers from memory what a route lets it keep, with Front Door's semantics. What is asked for by many at once is fetched once; an
/// answer that turns out not to be for everybody goes to the one it was fetched for, and the others ask for theirs.
/// </summary>
internal sealed class EdgeCache(AnswerStore store, TimeProvider time, IServiceProvider services)
{
    /// <summary>For so long nobody waits for an answer that was not to be shared the last time.</summary>
    private static readonly TimeSpan PassTime = TimeSpan.FromSeconds(2);

    private readonly Flights _flights = new();

    /// <returns>How many answers are gone.</returns>
    public int Purge(PurgePattern pattern)
    {
        var purged = store.Purge(pattern);
        _flights.Forget(pattern);
        return purged;
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (context.Features.Get<EdgeDecision>() is not { Cache: { } configuration })
        {
            return PassAsync(context, next, "bypass");
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return PassAsync(context, next, "method");
        }

        // Its answer is somebody's (RFC 9111 section 3.5).
        return request.Headers.Authorization.Count > 0
            ? PassAsync(context, next, "bypass", "authorization")
            : AnswerAsync(context, next, configuration);
    }

    private async Task AnswerAsync(HttpContext context, RequestDelegate next, CacheConfiguration configuration)
    {
        var key = CacheKey.Of(context.Request, configuration);
        switch (store.Find(key, out var wasStale))
        {
            case StoredAnswer answer:
                CacheStatus.Hit(context, answer.Expires - time.GetUtcNow());
                await AnswerWriter.WriteAsync(context, answer, time.GetUtcNow());
                break;
            case PassMark:
                await PassAsync(context, next, "uri-miss", "pass");
                break;
            default:
                await (HttpMethods.IsHead(context.Request.Method)
                    ? PassAsync(context, next, "uri-miss", "head")
                    : FetchAsync(context, next, key, configuration, wasStale));
                break;
        }
    }

    private async Task FetchAsync(HttpContext context, RequestDelegate next, CacheKey key, CacheConfiguration configuration, bool wasStale)
    {
        // Whoever waited for a fetch that failed may wait for one more, and no longer: an origin in trouble needs no queue of retries.
        if (!await RideAsync(context, next, key, configuration, wasStale, isLast: false))
        {
            await RideAsync(context, next, key, configuration, wasStale, isLast: true);
        }
    }

    /// <returns>False when another's fetch has failed, and there is to be one more.</returns>
    private async Task<bool> RideAsync(
        HttpContext context, RequestDelegate next, CacheKey key, CacheConfiguration configuration, bool wasStale, bool isLast)
    {
        var flight = _flights.Join(key, flight => Fetch(context, next, key, configuration, flight), out var leads);
        try
        {
            switch (await flight.Outcome.WaitAsync(context.RequestAborted))
            {
                case FetchOutcome.Shared shared:
                    CacheStatus.Fetched(context, wasStale, stored: leads && shared.IsNew, collapsed: !leads);
                    await AnswerWriter.WriteAsync(context, shared.Answer, time.GetUtcNow());
                    break;
                case FetchOutcome.Unshared unshared when leads && !HasCookies(context):
                    CacheStatus.NotKept(context, unshared.Reason);
                    await AnswerWriter.WriteAsync(context, unshared.Answer);
                    break;
                case FetchOutcome.Failed { Answer: { } answer } when leads:
                    CacheStatus.NotKept(context, "failed");
                    await AnswerWriter.WriteAsync(context, answer);
                    break;
                case FetchOutcome.Failed when leads || isLast:
                    CacheStatus.NotKept(context, "failed");
                    await EdgeProblem.WriteAsync(
                        context, StatusCodes.Status503ServiceUnavailable, "origin-failed", "The answer could not be fetched",
                        "The origin did not answer, or not completely. Try again.", retryAfterSeconds: 1);
                    break;
                case FetchOutcome.Failed:
                    return false;
                case var other:
                    await AskAsync(context, next, flight, other is FetchOutcome.Unshared { Reason: var reason } ? reason : "size");
                    break;
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has left, and maybe was the last one.
        }
        finally
        {
            flight.Leave();
        }

        return true;
    }

    /// <summary>The answer was not for everybody, so each asks for its own; not all at once.</summary>
    private static async Task AskAsync(HttpContext context, RequestDelegate next, Flight flight, string reason)
    {
        await flight.Turn.WaitAsync(context.RequestAborted);
        try
        {
            await PassAsync(context, next, "uri-miss", reason);
        }
        finally
        {
            flight.Turn.Release();
        }
    }

    /// <summary>What the first who needs it sets up, for everybody.</summary>
    private Func<Task<FetchOutcome>> Fetch(
        HttpContext context, RequestDelegate next, CacheKey key, CacheConfiguration configuration, Flight flight)
    {
        var purges = store.Purges;
        var fetch = new OriginFetch(key, context, services, flight.Cancellation);
        return async () =>
        {
            using var whole = fetch;

            // Somebody may have stored it between this request's look into the store and its turn to fetch.
            if (store.Find(key, out _) is StoredAnswer meanwhile)
            {
                return new FetchOutcome.Shared(meanwhile, IsNew: false);
            }

            var answer = await fetch.RunAsync(next);
            var now = time.GetUtcNow();
            if (answer is null || answer.Status >= StatusCodes.Status500InternalServerError)
            {
                if (fetch.Overflowed)
                {
                    store.Keep(key, new PassMark(now + PassTime), purges);
                    return new FetchOutcome.TooLarge();
                }

                return new FetchOutcome.Failed(answer);
            }

            var freshness = Freshness.Of(answer, configuration, now);
            if (freshness.Lifetime is not { } lifetime)
            {
                store.Keep(key, new PassMark(now + PassTime), purges);
                return new FetchOutcome.Unshared(answer, freshness.Reason!);
            }

            var stored = new StoredAnswer(answer, configuration, now, lifetime);
            return new FetchOutcome.Shared(stored, IsNew: store.Keep(key, stored, purges));
        };
    }

    private static Task PassAsync(HttpContext context, RequestDelegate next, string reason, string? detail = null)
    {
        CacheStatus.Passed(context, reason, detail);
        return next(context);
    }

    /// <summary>Then the fetch was not quite this client's request.</summary>
    private static bool HasCookies(HttpContext context) => context.Request.Headers.Cookie.Count > 0;
}
