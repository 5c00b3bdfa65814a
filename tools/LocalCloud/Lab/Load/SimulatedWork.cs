using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Local.Lab.Load;

/// <summary>
/// Simulates work by waiting, so that many instances can be busy on a few processors. An instance processes a fixed number of requests
/// concurrently. Each occupies a slot, and further requests wait for a free slot. A request occupies its slot for the milliseconds in its
/// query string, divided by the speed of the instance.
/// </summary>
/// <param name="speed">The initial speed.</param>
internal sealed class SimulatedWork(int speed = 1) : IDisposable
{
    /// <summary>The path of the simulated work in an instance of the shop.</summary>
    public const string Path = "/.local/work";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _slots = new(Scenario.SlotsPerInstance);
    private volatile int _speed = speed;

    public int Speed
    {
        get => _speed;
        set => _speed = value;
    }

    /// <summary>Handles the requests for simulated work, and passes on all other requests.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        context.Request.Path == Path ? ServeAsync(context) : next(context);

    /// <summary>Does the work that the query string states. A request without <c>ms</c>, such as a probe, gets an immediate response.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        if (!double.TryParse(context.Request.Query["ms"], CultureInfo.InvariantCulture, out var milliseconds)
            || !(milliseconds >= 0 && milliseconds <= Longest.TotalMilliseconds))
        {
            return;
        }

        await _slots.WaitAsync(context.RequestAborted);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds / _speed), context.RequestAborted);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();
}

/// <summary>The simulated work of the instances of a cloud, by the names of the instances.</summary>
internal sealed class SimulatedWorks
{
    private readonly ConcurrentDictionary<string, SimulatedWork> _works = new();

    /// <summary>Returns the middleware for an instance, whose speed is that of its predecessor with the same name.</summary>
    public Func<HttpContext, RequestDelegate, Task> Of(string instance) => For(instance).InvokeAsync;

    public SimulatedWork For(string instance) => _works.GetOrAdd(instance, _ => new());
}
