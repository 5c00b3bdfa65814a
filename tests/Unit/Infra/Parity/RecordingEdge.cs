using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Rules;
using ServerlessScale.Tests.Unit.Edge;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>
/// LocalCloud's whole edge on a socket, before a web server for each app, and what it was seen to do with each request. Only what no client can choose
/// (its address, port and country, and TLS) is put in its place behind the socket.
/// </summary>
internal sealed partial class RecordingEdge : IAsyncDisposable
{
    /// <summary>Those that any server or cache adds, which no rule is asked about.</summary>
    private static readonly HashSet<string> OfTheTransport = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept-Ranges", "Age", "Cache-Status", "Connection", "Content-Length", "Date", "ETag", "Transfer-Encoding", "X-Cache",
    };

    private readonly List<RecordingOrigin> _origins = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
    private EdgeServer? _edge;
    private SampleRequest? _sample;
    private EdgeDecision? _decision;
    private RecordingOrigin.Arrival? _arrival;

    private RecordingEdge()
    {
    }

    /// <param name="apps">Each gets a web server of its own.</param>
    public static async Task<RecordingEdge> StartAsync(LocalApps apps)
    {
        var recording = new RecordingEdge();
        var quiet = EdgeInFront.WithoutProbes.Groups[0];
        recording._edge = await EdgeServer.StartAsync(
            new() { Groups = [.. apps.Rules.OriginGroups.Select(group => quiet with { Name = group.Name })] },
            NullLoggerFactory.Instance,
            edge => recording.Use(edge, apps.Rules),
            TestContext.Current.CancellationToken);
        foreach (var (app, groups) in apps.GroupsByApp)
        {
            var origin = await RecordingOrigin.StartAsync(app, arrival => recording._arrival = arrival);
            recording._origins.Add(origin);
            foreach (var group in groups)
            {
                await recording._edge.AddAsync(new(group.Name, app, origin.Address));
            }
        }

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
        var arrival = _arrival!;
        return new(
            Refusal: null,
            Route: EdgeOutcome.RouteOf(_decision!.Route.Name),
            App: arrival.App,
            OriginPath: arrival.Path,
            Bucket: arrival.Bucket,
            Kept: await KeptForAsync(sample),
            AnswerHeaders: EdgeOutcome.Told(response.Headers.Concat(response.Content.Headers)
                .Where(header => !OfTheTransport.Contains(header.Key))
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
        return _arrival is not null;
    }

    private Task<HttpResponseMessage> SendAsync(string target)
    {
        _arrival = null;
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

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await (_edge?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (var origin in _origins)
        {
            await origin.DisposeAsync();
        }
    }

    [GeneratedRegex(@"^The rule (?<rule>\w+) |\((?<rule>\w+)\)\.$")]
    private static partial Regex RuleInDetail();
}
