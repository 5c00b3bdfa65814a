using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Bench.Webhooks.Delivery;

/// <summary>A webhook receiver on loopback that records when each event first arrived. It can be configured not to respond.</summary>
internal sealed class TimedReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TimedReceiver(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>Maps the <c>webhook-id</c> header of each event to the time at which the event first arrived.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> Arrivals { get; } = new();

    public static async Task<TimedReceiver> StartAsync(bool hangs, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new TimedReceiver(builder.Build());
        receiver._app.Run(async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            receiver.Arrivals.TryAdd(http.Request.Headers["webhook-id"].ToString(), DateTimeOffset.UtcNow);
            if (hangs)
            {
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
        await receiver._app.StartAsync(cancellationToken);
        receiver.Url = new Uri(receiver._app.Urls.Single() + "/webhooks");
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
