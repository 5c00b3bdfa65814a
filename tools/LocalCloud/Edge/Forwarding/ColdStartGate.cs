using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Local.Edge.Forwarding;

/// <summary>Counts the requests that are at the edge, and lets them wait for the first instance while there is none, within bounds.</summary>
internal sealed class ColdStartGate(EdgeOptions options, EdgeOrigins origins)
{
    private int _inFlight;
    private int _waiting;

    /// <summary>Requests that have no complete answer yet, those that wait included: what HTTP scaling goes by.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            if (origins.Some.IsCompleted || await WaitAsync(context.RequestAborted))
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
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > options.MaxWaiting)
            {
                return false;
            }

            await origins.Some.WaitAsync(options.ColdStartPatience, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
