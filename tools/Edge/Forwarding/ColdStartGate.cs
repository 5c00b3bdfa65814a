using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Counts the requests that are at the edge, and lets them wait for the first instance of their group while there is none, within
/// bounds.
/// </summary>
internal sealed class ColdStartGate(EdgeOptions options, EdgeOrigins origins)
{
    private readonly FrozenDictionary<string, Line> _lines = options.Groups.ToFrozenDictionary(group => group.Name, _ => new Line());

    /// <summary>Requests to a group that have no complete answer yet, those that wait included: what HTTP scaling goes by.</summary>
    public int InFlightTo(string group) => Volatile.Read(ref _lines[group].InFlight);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var group = context.GetRouteModel().Cluster!.ClusterId;
        var line = _lines[group];
        Interlocked.Increment(ref line.InFlight);
        try
        {
            var some = origins.SomeOf(group);
            if (some.IsCompleted || await WaitAsync(some, line, context.RequestAborted))
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
            Interlocked.Decrement(ref line.InFlight);
        }
    }

    private async Task<bool> WaitAsync(Task some, Line line, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref line.Waiting) > options.MaxWaiting)
            {
                return false;
            }

            await some.WaitAsync(options.ColdStartPatience, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref line.Waiting);
        }
    }

    private sealed class Line
    {
        public int InFlight;
        public int Waiting;
    }
}
