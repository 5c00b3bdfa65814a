using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>A web server in an app's place, which tells of each request that the edge forwards to it.</summary>
internal sealed class RecordingOrigin : IAsyncDisposable
{
    private readonly WebApplication _server;

    private RecordingOrigin(WebApplication server) => _server = server;

    public Uri Address => new(_server.Urls.Single());

    public static async Task<RecordingOrigin> StartAsync(string app, Action<Arrival> tell)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var server = builder.Build();
        server.Run(context => AnswerAsync(context, app, tell));
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new(server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Task AnswerAsync(HttpContext context, string app, Action<Arrival> tell)
    {
        // The edge's own probes are forwarded for nobody.
        if (context.Request.Headers.ContainsKey("X-Forwarded-Host"))
        {
            tell(new(app, context.Request.Path.Value!, context.Request.Headers.TryGetValue("X-Bucket", out var bucket) ? bucket.ToString() : null));
        }

        foreach (var (name, value) in EdgeOutcome.OriginHeaders)
        {
            context.Response.Headers[name] = value;
        }

        return Task.CompletedTask;
    }

    /// <summary>A request as it got to an app.</summary>
    internal sealed record Arrival(string App, string Path, string? Bucket);
}
