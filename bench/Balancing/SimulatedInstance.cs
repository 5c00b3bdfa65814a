using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Bench.Balancing;

/// <summary>
/// A web server that simulates work by waiting, so that many instances can run on a few processors. It processes a fixed number of requests
/// concurrently. Each occupies a slot, and further requests wait for a free slot. A request occupies its slot for the milliseconds in its
/// query string, divided by the speed of the instance.
/// </summary>
internal sealed class SimulatedInstance : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _slots = new(Scenario.SlotsPerInstance);
    private readonly int _speed;

    private SimulatedInstance(int speed)
    {
        _speed = speed;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public int Speed => _speed;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<SimulatedInstance> StartAsync(int speed)
    {
        var instance = new SimulatedInstance(speed);
        await instance._app.StartAsync();
        return instance;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _slots.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (!double.TryParse(context.Request.Query["ms"], CultureInfo.InvariantCulture, out var milliseconds))
        {
            // Health probes from the edge have no "ms" in the query string, so they get an immediate response.
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
}
