using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>
/// Runs LocalCloud's complete edge on a socket with a web server for each app, and records how each request is handled. A test cannot
/// control a client's address, port, country or use of TLS, so the first middleware in the pipeline sets these values.
/// </summary>
internal sealed partial class RecordingEdge : IAsyncDisposable
{
    /// <summary>The headers that servers and caches add without a rule.</summary>
    private static readonly HashSet<string> OfTheTransport = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept-Ranges", "Age", "Cache-Status", "Connection", "Content-Length", "Date", "ETag", "Transfer-Encoding", "X-Cache",
    };

    private static readonly HealthProbe RareProbes = new() { Interval = TimeSpan.FromHours(1) };

    private readonly List<RecordingOrigin> _origins = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
    });
    private EdgeServer? _edge;
    private SampleRequest? _sample;
    private EdgeDecision? _decision;
    private RecordingOrigin.Arrival? _arrival;

    private RecordingEdge()
    {
    }

    /// <param name="apps">The apps. A web server is started for each app.</param>
    public static async Task<RecordingEdge> StartAsync(LocalApps apps)
    {
        var recording = new RecordingEdge();
        recording._edge = await EdgeServer.StartAsync(
            apps.Rules with { OriginGroups = [.. apps.Rules.OriginGroups.Select(group => group with { HealthProbe = RareProbes })] },
            new EdgeOptions(),
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

    /// <summary>Sends a request. Repeats GET requests to find out whether the response was cached.</summary>
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
        var cached = await CachedForAsync(sample);
        return new(
            Refusal: null,
            Route: EdgeOutcome.RouteOf(_decision!.Route.Name),
            App: arrival.App,
            OriginPath: arrival.Path,
            Bucket: arrival.Bucket,
            Cookie: cached is null ? arrival.Cookie : null,
            Cached: cached,
            ResponseHeaders: EdgeOutcome.Format(response.Headers.Concat(response.Content.Headers)
                .Where(header => !OfTheTransport.Contains(header.Key))
                .Select(header => KeyValuePair.Create(header.Key, string.Join("; ", header.Value)))));
    }

    private async Task<string?> CachedForAsync(SampleRequest sample)
    {
        if (sample.Method != "GET" || await ReachesOriginAsync(sample.Target))
        {
            return null;
        }

        var more = sample.Target + (sample.Target.Contains('?', StringComparison.Ordinal) ? "&" : "?");
        if (await ReachesOriginAsync($"{more}another=query"))
        {
            return EdgeOutcome.ForTheSameQuery;
        }

        var listed = new List<string>();
        foreach (var name in EdgeOutcome.ListedParameters)
        {
            if (await ReachesOriginAsync($"{more}{name}=97"))
            {
                listed.Add(name);
            }
        }

        return listed.Count > 0 ? EdgeOutcome.ForTheSame(listed) : EdgeOutcome.ForAnyQuery;
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
        // This option prevents Uri from normalising the target.
        var address = new Uri($"{_edge!.Address.GetLeftPart(UriPartial.Authority)}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(_sample!.Method), address) { Headers = { Host = _sample.Host } };
        foreach (var (name, value) in _sample.Headers)
        {
            if (name == "Content-Length")
            {
                // With Expect, the client sends the body only when the edge begins to read it. The edge may reject the request before that.
                request.Content = new ByteArrayContent(new byte[int.Parse(value, CultureInfo.InvariantCulture)]);
                request.Headers.ExpectContinue = true;
                continue;
            }

            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private void Use(IApplicationBuilder app, EdgeRules rules)
    {
        // The clock is stopped so that no rate limit window ends between two requests.
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
            var options = new EdgeOptions { Country = country, Time = time };
            app.UseWhen(_ => _sample!.Country == country, branch => EdgeServer.Use(branch, rules, options, NullLoggerFactory.Instance));
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

    [GeneratedRegex(@"^The (?<rule>\w+) rule |\((?<rule>\w+)\)\.$")]
    private static partial Regex RuleInDetail();
}
