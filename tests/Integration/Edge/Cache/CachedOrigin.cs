using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Tests.Integration.Edge.Cache;

/// <summary>
/// A web server that counts the requests it receives, with an edge in front of it. By default, the edge uses the rules in the repository.
/// </summary>
internal sealed class CachedOrigin : IAsyncDisposable
{
    public const string PurgeToken = "purge-token";

    private readonly WebApplication _origin;
    private readonly EdgeServer _edge;
    private int _hits;

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

    /// <summary>The number of requests that have reached the origin, not counting probes.</summary>
    public int Hits => Volatile.Read(ref _hits);

    /// <param name="respond">Writes the origin's response to each request that is not a probe.</param>
    /// <param name="rules">The rules of the edge. If null, the edge uses the repository's rules.</param>
    public static async Task<CachedOrigin> StartAsync(RequestDelegate respond, EdgeRules? rules = null)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        CachedOrigin? started = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var origin = builder.Build();
        origin.Run(context =>
        {
            if (context.Request.Path == RawOrigin.ProbePath)
            {
                return Task.CompletedTask;
            }

            Interlocked.Increment(ref started!._hits);

            // The edge compares the date with its own clock, which the test controls.
            context.Response.Headers.Date = started.Time.GetUtcNow().ToString("r");
            return respond(context);
        });
        await origin.StartAsync(cancellationToken);

        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 10, 0, 0, TimeSpan.Zero));
        var edge = await EdgeServer.StartAsync(
            rules ?? EdgeInFront.RepositoryRules(), EdgeInFront.ShortEjection with { PurgeToken = PurgeToken, Time = time },
            NullLoggerFactory.Instance, cancellationToken);
        started = new(origin, edge, time);
        await edge.AddAsync(new(EdgeInFront.Group, "origin", new(origin.Urls.Single())));
        return started;
    }

    public HttpClient NewClient() => new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };

    /// <summary>Sends a GET request with headers, each in the form <c>Name: value</c>.</summary>
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

    /// <summary>Waits until at least the given number of requests are in flight at the edge.</summary>
    public Task UntilAtEdgeAsync(int requests) => EdgeInFront.UntilAsync(() => _edge.InFlight >= requests);

    public static string StatusOf(HttpResponseMessage response) => response.Headers.GetValues("Cache-Status").Single();

    public static Task<string> BodyOf(HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _edge.DisposeAsync();
        await _origin.DisposeAsync();
    }
}
