using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Local.Edge;
using ServerlessScale.Local.Edge.Forwarding;
using ServerlessScale.Local.Edge.Logic;
using ServerlessScale.Local.Edge.Rules;
using ServerlessScale.Tests.Unit.Edge;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>
/// LocalCloud's whole edge on a socket, before a web server, and what it was seen to do with each request. Only what no client can choose
/// (its address, port and country, and TLS) is put in its place behind the socket.
/// </summary>
internal sealed partial class RecordingEdge : IAsyncDisposable
{

    /// <summary>Those that any server or cache adds, which no rule is asked about.</summary>
    private static readonly HashSet<string> s_ofTheTransport = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept-Ranges", "Age", "Cache-Status", "Connection", "Content-Length", "Date", "ETag", "Transfer-Encoding", "X-Cache",
    };

    private readonly WebApplication _origin;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
    private EdgeServer? _edge;
    private SampleRequest? _sample;
    private EdgeDecision? _decision;
    private (string Path, string? Bucket)? _atOrigin;

    private RecordingEdge(WebApplication origin) => _origin = origin;

    public static async Task<RecordingEdge> StartAsync(EdgeRules rules)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var recording = new RecordingEdge(builder.Build());
        recording._origin.Run(recording.AnswerAsync);
        await recording._origin.StartAsync(cancellationToken);
        recording._edge = await EdgeServer.StartAsync(
            EdgeInFront.WithoutProbes, NullLoggerFactory.Instance, app => recording.Use(app, rules), cancellationToken);
        await recording._edge.AddAsync(new(
            EdgeInFront.Group, "origin", new(recording._origin.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single())));
        return recording;
    }

    /// <param name="sample">Sent once; where it may be cached, again as it is and with another query.</param>
    public async Task<EdgeOutcome> SendAsync(SampleRequest sample)
    {
        _sample = sample;
        using var response = await SendAsync(sample.Target);
        if (response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests)
        {
            using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            return new(RuleInDetail().Match(problem.RootElement.GetProperty("detail").GetString()!).Groups["rule"].Value);
        }

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var (path, bucket) = _atOrigin!.Value;
        return new(
            Refusal: null,
            Route: _decision!.Route.Name,
            OriginPath: path,
            Bucket: bucket,
            Kept: await KeptForAsync(sample),
            AnswerHeaders: EdgeOutcome.Told(response.Headers.Concat(response.Content.Headers)
                .Where(header => !s_ofTheTransport.Contains(header.Key))
                .Select(header => KeyValuePair.Create(header.Key, string.Join("; ", header.Value)))));
    }

    private async Task<string?> KeptForAsync(SampleRequest sample)
    {
        if (sample.Method != "GET" || await ReachesOriginAsync(sample.Target))
        {
            return null;
        }

        return await ReachesOriginAsync($"{sample.Path}?another=query") ? EdgeOutcome.ForTheSameQuery : EdgeOutcome.ForAnyQuery;
    }

    private async Task<bool> ReachesOriginAsync(string target)
    {
        using var response = await SendAsync(target);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return _atOrigin is not null;
    }

    private Task<HttpResponseMessage> SendAsync(string target)
    {
        _atOrigin = null;
        // The target as it is: by itself, Uri would tidy it up.
        var address = new Uri($"{_edge!.Address.GetLeftPart(UriPartial.Authority)}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(_sample!.Method), address) { Headers = { Host = _sample.Host } };
        foreach (var (name, value) in _sample.Headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private void Use(IApplicationBuilder app, EdgeRules rules)
    {
        // One clock that stands still: no rate limit's window ends between two requests.
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 10, 0, 0, TimeSpan.Zero));
        app.Use(next => context =>
        {
            context.Request.Scheme = "https";
            context.Connection.RemotePort = _sample!.Port;
            context.Connection.RemoteIpAddress = IPAddress.Parse(_sample.Address);
            return next(context);
        });
        foreach (var country in SampleRequests.Countries)
        {
            var pipeline = new EdgePipeline(rules, new() { PurgeToken = "unused", Country = country, Time = time }, NullLoggerFactory.Instance);
            app.UseWhen(_ => _sample!.Country == country, pipeline.Use);
        }

        app.Use(next => context =>
        {
            _decision = context.Features.Get<EdgeDecision>();
            return next(context);
        });
    }

    private Task AnswerAsync(HttpContext context)
    {
        // The edge's own probes are forwarded for nobody.
        if (context.Request.Headers.ContainsKey("X-Forwarded-Host"))
        {
            _atOrigin = (context.Request.Path.Value!, context.Request.Headers.TryGetValue("X-Bucket", out var bucket) ? bucket.ToString() : null);
        }

        foreach (var (name, value) in EdgeOutcome.OriginHeaders)
        {
            context.Response.Headers[name] = value;
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await (_edge?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _origin.DisposeAsync();
    }

    [GeneratedRegex(@"^The rule (?<rule>\w+) |\((?<rule>\w+)\)\.$")]
    private static partial Regex RuleInDetail();
}
