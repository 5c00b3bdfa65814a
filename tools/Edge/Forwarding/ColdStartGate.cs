using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Counts the requests to each group, and makes requests wait while the group has no origin. Scaling to zero requires both. The count tells
/// the scale controller that an instance is needed. The wait gives the instance time to start.
/// </summary>
/// <param name="groups">The names of all groups.</param>
/// <param name="origins">The current origins. They signal when a group has its first origin.</param>
/// <param name="patience">The initial value of <see cref="Patience"/>.</param>
/// <param name="maxWaiting">The maximum number of requests to one group that wait at the same time.</param>
internal sealed class ColdStartGate(IEnumerable<string> groups, EdgeOrigins origins, TimeSpan patience, int maxWaiting)
{
    private readonly FrozenDictionary<string, Counters> _counters = groups.ToFrozenDictionary(group => group, _ => new Counters());

    private long _patience = patience.Ticks;

    /// <summary>The maximum time that a request waits. A change applies to the requests that arrive after it.</summary>
    public TimeSpan Patience
    {
        get => new(Volatile.Read(ref _patience));
        set => Volatile.Write(ref _patience, value.Ticks);
    }

    /// <summary>
    /// Returns the number of requests to the group that are not complete yet, including requests that wait for an origin.
    /// </summary>
    public int InFlightTo(string group) => Volatile.Read(ref _counters[group].InFlight);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var group = context.GetRouteModel().Cluster!.ClusterId;
        var counters = _counters[group];
        Interlocked.Increment(ref counters.InFlight);
        try
        {
            var firstOrigin = origins.FirstOriginOf(group);
            if (firstOrigin.IsCompleted || await WaitAsync(firstOrigin, counters, context.RequestAborted))
            {
                await next(context);
            }
            else if (!context.RequestAborted.IsCancellationRequested)
            {
                await ForwardingProblems.NoInstanceAsync(context, "No instance has started in time. Try again.");
            }
        }
        finally
        {
            Interlocked.Decrement(ref counters.InFlight);
        }
    }

    /// <returns>
    /// True if the group has an origin. False if the wait timed out, was cancelled, or was refused because too many requests are waiting.
    /// </returns>
    private async Task<bool> WaitAsync(Task firstOrigin, Counters counters, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref counters.Waiting) > maxWaiting)
            {
                return false;
            }

            await firstOrigin.WaitAsync(Patience, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref counters.Waiting);
        }
    }

    private sealed class Counters
    {
        public int InFlight;
        public int Waiting;
    }
}
