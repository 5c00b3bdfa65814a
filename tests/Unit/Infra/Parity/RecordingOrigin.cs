using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>A web server that represents an app and reports each request that the edge forwards to it.</summary>
internal sealed class RecordingOrigin : IAsyncDisposable
{
    private readonly WebApplication _server;

    private RecordingOrigin(WebApplication server) => _server = server;

    public Uri Address => new(_server.Urls.Single());

    public static async Task<RecordingOrigin> StartAsync(string app, Action<Arrival> report)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var server = builder.Build();
        server.Run(context => RespondAsync(context, app, report));
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new(server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Task RespondAsync(HttpContext context, string app, Action<Arrival> report)
    {
        // Health probes are not recorded. They have no X-Forwarded-Host because the edge itself sends them.
        if (context.Request.Headers.ContainsKey("X-Forwarded-Host"))
        {
            var headers = context.Request.Headers;
            report(new(app, context.Request.Path.Value!, (string?)headers["X-Bucket"], (string?)headers.Cookie));
        }

        foreach (var (name, value) in EdgeOutcome.OriginHeaders)
        {
            context.Response.Headers[name] = value;
        }

        return Task.CompletedTask;
    }

    /// <summary>A request that an app has received.</summary>
    internal sealed record Arrival(string App, string Path, string? Bucket, string? Cookie);
}
