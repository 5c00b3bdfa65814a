using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Cache;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Health;
using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Responses;
using ServerlessScale.Edge.Rules;
using Yarp.ReverseProxy;

namespace ServerlessScale.Edge;

/// <summary>
/// A reverse proxy that stands in for Azure Front Door. It applies a rules file to every request and serves cacheable responses from its
/// cache. It distributes all other requests among the healthy origins of an origin group. The program that starts the origins adds them to
/// the edge.
/// </summary>
public sealed class EdgeServer : IAsyncDisposable
{
    /// <summary>
    /// The path of the purge API. A purge is a POST request with a <c>path</c> query parameter and with
    /// <see cref="EdgeOptions.PurgeToken"/> as the bearer token.
    /// </summary>
    public const string PurgePath = PurgeEndpoint.Path;

    /// <summary>The response header in which the purge API returns the number of removed responses.</summary>
    public const string PurgeCountHeader = PurgeEndpoint.CountHeader;

    private static readonly TimeSpan DrainPollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The time that a drain waits before it reads the request counters. A request that selected the origin before its removal may not have
    /// been counted yet.
    /// </summary>
    private static readonly TimeSpan DrainSettleTime = TimeSpan.FromMilliseconds(100);

    private readonly WebApplication _app;
    private readonly EdgeOrigins _origins;
    private readonly ColdStartGate _gate;
    private readonly IProxyStateLookup _state;
    private readonly RequestCounter _requests;
    private readonly ClientCountry _country;

    private EdgeServer(WebApplication app, Uri address, RequestCounter requests)
    {
        _app = app;
        _requests = requests;
        Address = address;
        _origins = app.Services.GetRequiredService<EdgeOrigins>();
        _gate = app.Services.GetRequiredService<ColdStartGate>();
        _state = app.Services.GetRequiredService<IProxyStateLookup>();
        _country = app.Services.GetRequiredService<ClientCountry>();
    }

    /// <summary>The base address for clients.</summary>
    public Uri Address { get; }

    /// <summary>The state of each origin. An origin in several groups is listed once per group.</summary>
    public IReadOnlyList<OriginHealth> Health =>
    [
        .. from cluster in _state.GetClusters()
           let destinations = cluster.DestinationsState
           from destination in destinations.AllDestinations
           select new OriginHealth(
               cluster.ClusterId,
               destination.DestinationId,
               destinations.AvailableDestinations.Contains(destination),
               FirstPriority.IsHealthy(destination),
               destination.ConcurrentRequestCount),
    ];

    /// <summary>
    /// The number of requests that are not complete yet, including requests that are served from the cache or by the edge itself.
    /// </summary>
    public int InFlight => _requests.InFlight;

    /// <summary>
    /// Returns the number of requests to a group that are not complete yet, including requests that wait for the group's first origin.
    /// </summary>
    public int InFlightTo(string group) => _gate.InFlightTo(group);

    /// <summary>The current origins. An origin in several groups is listed once per group.</summary>
    public IReadOnlyList<EdgeOrigin> Origins => _origins.Current;

    /// <summary>The current balancing policy of each origin group.</summary>
    public IReadOnlyDictionary<string, BalancingPolicy> Policies => _origins.Policies;

    /// <summary>
    /// The country that all clients are assumed to be in, as two capital letters (ISO 3166-1). A change applies to all further requests.
    /// </summary>
    public string Country
    {
        get => _country.Code;
        set => _country.Code = value;
    }

    /// <summary>
    /// The maximum time that a request waits when its origin group has no origin. A change applies to all further requests.
    /// </summary>
    public TimeSpan ColdStartPatience
    {
        get => _gate.Patience;
        set => _gate.Patience = value;
    }

    /// <summary>Starts an edge without origins.</summary>
    /// <param name="rules">The rules to apply.</param>
    /// <param name="options">The settings that are not in the rules file.</param>
    /// <param name="loggers">Receives the edge's log.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static Task<EdgeServer> StartAsync(
        EdgeRules rules, EdgeOptions options, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(options);
        return StartAsync(rules, options, loggers, UsePipeline, cancellationToken);

        void UsePipeline(IApplicationBuilder app) =>
            Use(app, rules, options, loggers, app.ApplicationServices.GetRequiredService<ClientCountry>());
    }

    /// <summary>Starts an edge without origins and with the given middleware.</summary>
    /// <param name="rules">The rules whose origin groups are configured.</param>
    /// <param name="options">The settings that are not in the rules file.</param>
    /// <param name="loggers">Receives the edge's log.</param>
    /// <param name="usePipeline">
    /// Adds the middleware that runs before a request is forwarded. Tests add their own middleware before or after <see cref="Use"/>.
    /// </param>
    /// <param name="cancellationToken">Cancels the start.</param>
    internal static async Task<EdgeServer> StartAsync(
        EdgeRules rules, EdgeOptions options, ILoggerFactory loggers, Action<IApplicationBuilder> usePipeline, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(loggers);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Request bodies are streamed to the origins, which enforce their own limits.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.RequestHeadersTimeout = options.HeadersTimeout;

            // HttpClient reads the origins' headers as Latin-1, in which every byte is a character, so this encoding restores the bytes.
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        EdgeForwarding.Add(
            builder.Services, rules.OriginGroups, options with { ActivityTimeout = options.ActivityTimeout ?? rules.OriginResponseTimeout });
        var app = builder.Build();
        if (options.BeforeRules is { } first)
        {
            app.Use(next => context => first(context, next));
        }

        var requests = new RequestCounter();
        app.Use(next => context => requests.InvokeAsync(context, next));
        if (options.OnResponse is { } onResponse)
        {
            app.Use(next => context =>
            {
                EdgeResponse.Report(context, onResponse);
                return next(context);
            });
        }

        usePipeline(app);
        var choice = app.Services.GetRequiredService<GroupChoice>();
        var gate = app.Services.GetRequiredService<ColdStartGate>();
        var retries = app.Services.GetRequiredService<SafeRetries>();
        app.MapReverseProxy(proxy =>
        {
            proxy.Use(choice.InvokeAsync);
            proxy.Use(gate.InvokeAsync);
            proxy.Use(RefreshDestinations);
            proxy.Use(retries.InvokeAsync);
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
            if (options.OnDelivery is { } onDelivery)
            {
                proxy.Use((context, next) => Delivery.ReportAsync(context, next, onDelivery));
            }
        });

        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new(app, new Uri(app.Urls.Single()), requests);
    }

    /// <summary>Adds the middleware that runs before a request is forwarded: the purge API, the rules and the cache.</summary>
    /// <param name="app">The pipeline.</param>
    /// <param name="rules">The rules to apply.</param>
    /// <param name="options">The settings that are not in the rules file.</param>
    /// <param name="loggers">Receives the log.</param>
    /// <param name="country">The country of all clients; null for the country in the options.</param>
    internal static void Use(
        IApplicationBuilder app, EdgeRules rules, EdgeOptions options, ILoggerFactory loggers, ClientCountry? country = null)
    {
        var cache = new EdgeCache(
            new ResponseStore(options.CacheBytes, options.Time, options.CacheEntries), options.Time, options.CollapsedWait, app.ApplicationServices);
        var purge = new PurgeEndpoint(cache, options.PurgeToken);
        var requestRules = new RequestRules(rules, country ?? new(options.Country), options.Time, loggers.CreateLogger<RequestRules>());
        app.Use(next => context => purge.InvokeAsync(context, next));
        app.Use(next => context => requestRules.InvokeAsync(context, next));
        app.Use(next => context => cache.InvokeAsync(context, next));
    }

    /// <summary>Adds an origin. The origin can receive requests once the returned task has completed.</summary>
    public Task AddAsync(EdgeOrigin origin) => _origins.ChangeAsync(origins => [.. origins, origin]);

    /// <summary>Adds an instance and removes its predecessor in a single change.</summary>
    /// <param name="predecessor">The id of the instance to remove; null if there is none.</param>
    /// <param name="successor">The origins of the new instance, one for each of its groups.</param>
    public Task ReplaceAsync(string? predecessor, IEnumerable<EdgeOrigin> successor) => _origins.ChangeAsync(
        origins => [.. origins.Where(other => other.Id != predecessor), .. successor]);

    /// <summary>Sets the weight of an origin in all of its groups.</summary>
    public Task SetWeightAsync(string id, int weight) => _origins.ChangeAsync(
        origins => [.. origins.Select(origin => origin.Id == id ? origin with { Weight = weight } : origin)]);

    /// <summary>
    /// Sets the balancing policy of every group. The returned task completes when the policy applies to all new requests.
    /// </summary>
    public Task SetPolicyAsync(BalancingPolicy policy) => _origins.SetPoliciesAsync(_ => policy);

    /// <summary>Sets the balancing policy of each group, e.g. to the earlier value of <see cref="Policies"/>.</summary>
    public Task SetPoliciesAsync(IReadOnlyDictionary<string, BalancingPolicy> policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        return _origins.SetPoliciesAsync(group => policies[group]);
    }

    /// <summary>Removes an origin from all of its groups. Requests that the origin has already received continue.</summary>
    public Task RemoveAsync(string id) => _origins.ChangeAsync(origins => [.. origins.Where(origin => origin.Id != id)]);

    /// <summary>Removes an origin from all of its groups, and waits until the origin has completed its requests.</summary>
    /// <param name="id">The id of the origin.</param>
    /// <param name="limit">The maximum time to wait.</param>
    /// <returns>False if the origin still had requests in progress when the maximum time had passed.</returns>
    public async Task<bool> DrainAsync(string id, TimeSpan limit)
    {
        var destinations = _state.GetClusters()
            .SelectMany(cluster => cluster.DestinationsState.AllDestinations)
            .Where(destination => destination.DestinationId == id)
            .ToList();
        await RemoveAsync(id);
        if (destinations.Count == 0)
        {
            return true;
        }

        await Task.Delay(DrainSettleTime);
        var clock = Stopwatch.StartNew();
        while (destinations.Exists(destination => destination.ConcurrentRequestCount > 0))
        {
            if (clock.Elapsed > limit)
            {
                return false;
            }

            await Task.Delay(DrainPollInterval);
        }

        return true;
    }

    /// <summary>Stops accepting connections, and waits until the current requests have completed.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>
    /// Updates the list of available destinations for a request that waited for an origin. The list was empty when the request arrived.
    /// </summary>
    private static Task RefreshDestinations(HttpContext context, RequestDelegate next)
    {
        context.GetReverseProxyFeature().AvailableDestinations = context.GetRouteModel().Cluster!.DestinationsState.AvailableDestinations;
        return next(context);
    }

    private sealed class RequestCounter
    {
        private int _inFlight;

        public int InFlight => Volatile.Read(ref _inFlight);

        public async Task InvokeAsync(HttpContext context, RequestDelegate next)
        {
            Interlocked.Increment(ref _inFlight);
            try
            {
                await next(context);
            }
            finally
            {
                Interlocked.Decrement(ref _inFlight);
            }
        }
    }
}
