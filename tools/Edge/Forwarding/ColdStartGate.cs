using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Counts the requests of each group, and lets them wait for the group's first origin while there is none. Scaling to zero needs both: the
/// count shows the demand, and the wait bridges the start of an instance.
/// </summary>
/// <param name="groups">The names of all groups.</param>
/// <param name="origins">Signals when a group has an origin.</param>
/// <param name="patience">How long a request waits.</param>
/// <param name="maxWaiting">How many requests of one group may wait at the same time.</param>
internal sealed class ColdStartGate(IEnumerable<string> groups, EdgeOrigins origins, TimeSpan patience, int maxWaiting)
{
    private readonly FrozenDictionary<string, Counters> _counters = groups.ToFrozenDictionary(group => group, _ => new Counters());

    /// <summary>The number of the group's requests that have no complete response yet, including those that wait for an origin.</summary>
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

    /// <returns>Whether the group has an origin now.</returns>
    private async Task<bool> WaitAsync(Task firstOrigin, Counters counters, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref counters.Waiting) > maxWaiting)
            {
                return false;
            }

            await firstOrigin.WaitAsync(patience, cancellationToken);
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
