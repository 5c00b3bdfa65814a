using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessScale.Local.Lab.Load;

namespace ServerlessScale.Bench.Balancing;

/// <summary>A web server whose requests are simulated work.</summary>
internal sealed class SimulatedInstance : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SimulatedWork _work;

    private SimulatedInstance(int speed)
    {
        _work = new(speed);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(_work.ServeAsync);
    }

    public int Speed => _work.Speed;

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
        _work.Dispose();
    }
}
