using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Reading;
using ServerlessScale.Edge.Rules;
using ServerlessScale.Tests.Unit.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Cache;

/// <summary>The edge with the repository's rules before a real web server, which counts what reaches it.</summary>
internal sealed class CachedOrigin : IAsyncDisposable
{
    public const string PurgeToken = "purge-token";

    private readonly WebApplication _origin;
    private readonly EdgeServer _edge;
    private int _hits;
    private int _atEdge;

    private CachedOrigin(WebApplication origin, EdgeServer edge, FakeTimeProvider time)
    {
        _origin = origin;
        _edge = edge;
        Time = time;
        Http = NewClient();
    }

    public FakeTimeProvider Time { get; }

    public HttpClient Http { get; }

    public Uri Address => _edge.Address;

    /// <summary>Requests that have reached the origin.</summary>
    public int Hits => Volatile.Read(ref _hits);

    public static async Task<CachedOrigin> StartAsync(RequestDelegate answer, EdgeRules? rules = null)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        CachedOrigin? started = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var origin = builder.Build();
        origin.Run(context =>
        {
            if (context.Request.Path == "/api/health/ready")
            {
                return Task.CompletedTask;
            }

            Interlocked.Increment(ref started!._hits);
            return answer(context);
        });
        await origin.StartAsync(cancellationToken);

        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 10, 0, 0, TimeSpan.Zero));
        var pipeline = new EdgePipeline(
            rules ?? EdgeRulesFile.Read(RulesFile.Path), new() { PurgeToken = PurgeToken, Time = time }, NullLoggerFactory.Instance);
        var edge = await EdgeServer.StartAsync(
            EdgeInFront.WithoutProbes, NullLoggerFactory.Instance,
            app =>
            {
                app.Use(next => context =>
                {
                    Interlocked.Increment(ref started!._atEdge);
                    return next(context);
                });
                pipeline.Use(app);
            },
            cancellationToken);
        started = new(origin, edge, time);
        await edge.AddAsync(new(EdgeInFront.Group, "origin", new(origin.Urls.Single())));
        return started;
    }

    public HttpClient NewClient() => new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };

    /// <summary>GET with headers, each as <c>Name: value</c>.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, params string[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params string[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var header in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(
                header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 2)..]));
        }

        return Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Until so many requests are at the edge.</summary>
    public Task UntilAtEdgeAsync(int requests) => EdgeInFront.UntilAsync(() => Volatile.Read(ref _atEdge) >= requests);

    public static string StatusOf(HttpResponseMessage response) => response.Headers.GetValues("Cache-Status").Single();

    public static Task<string> BodyOf(HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _edge.DisposeAsync();
        await _origin.DisposeAsync();
    }
}
