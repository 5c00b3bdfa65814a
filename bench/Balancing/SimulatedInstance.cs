using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Bench.Balancing;

/// <summary>
/// A real web server whose work is a pause: it has a few slots, a request holds one for the work that its query names, divided by the
/// instance's speed, and requests beyond the slots wait for one. Thus many instances fit onto few cores.
/// </summary>
internal sealed class SimulatedInstance : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _slots = new(Scenario.SlotsPerInstance);
    private readonly int _speed;
    private int _served;

    private SimulatedInstance(int speed)
    {
        _speed = speed;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public int Served => Volatile.Read(ref _served);

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
            // A probe.
            return;
        }

        Interlocked.Increment(ref _served);
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
