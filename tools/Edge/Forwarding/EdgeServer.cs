using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Cache;
using ServerlessScale.Edge.Health;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>The one port that clients see: balances requests over the instances with YARP, probes these and keeps away from ill ones.</summary>
public sealed class EdgeServer : IAsyncDisposable
{
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>For requests that had chosen an instance but not yet been counted when it was taken out.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private readonly WebApplication _app;
    private readonly EdgeOrigins _origins;
    private readonly ColdStartGate _gate;
    private readonly IProxyStateLookup _state;

    private EdgeServer(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
        _origins = app.Services.GetRequiredService<EdgeOrigins>();
        _gate = app.Services.GetRequiredService<ColdStartGate>();
        _state = app.Services.GetRequiredService<IProxyStateLookup>();
    }

    /// <summary>The path of the purge API: <c>POST</c> with <c>?path=</c> and the purge token as bearer token.</summary>
    public const string PurgePath = PurgeEndpoint.Path;

    /// <summary>The header of a purge's response that says how many cached responses were removed.</summary>
    public const string PurgeCountHeader = PurgeEndpoint.CountHeader;

    public Uri Address { get; }

    /// <summary>What is known of each instance in each group that it is in.</summary>
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

    /// <summary>Requests to a group that have no complete answer yet.</summary>
    public int InFlightTo(string group) => _gate.InFlightTo(group);

    /// <param name="options">Port, balancing and probes.</param>
    /// <param name="loggers">Gets the edge's log.</param>
    /// <param name="before">What requests go through before they are forwarded: limits, rules, the cache.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<EdgeServer> StartAsync(
        EdgeOptions options, ILoggerFactory loggers, Action<IApplicationBuilder>? before = null, CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(loggers);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Bodies stream through; their limits are the functions' own business.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.RequestHeadersTimeout = options.HeadersTimeout;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        AddForwarding(builder.Services, options);
        var app = builder.Build();
        before?.Invoke(app);
        var choice = app.Services.GetRequiredService<GroupChoice>();
        var gate = app.Services.GetRequiredService<ColdStartGate>();
        var retries = app.Services.GetRequiredService<SafeRetries>();
        app.MapReverseProxy(proxy =>
        {
            proxy.Use(choice.InvokeAsync);
            proxy.Use(gate.InvokeAsync);
            proxy.Use(FreshDestinations);
            proxy.Use(retries.InvokeAsync);
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
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

        var address = app.Urls.Single();
        return new(app, new Uri(address));
    }

    /// <summary>Sends requests to an instance from now on.</summary>
    public Task AddAsync(EdgeOrigin origin) => _origins.ChangeAsync(origins => [.. origins, origin]);

    /// <summary>Sends requests to an instance in the place of a predecessor, if there was one.</summary>
    /// <param name="predecessor">The predecessor's id.</param>
    /// <param name="successor">The instance as an origin of each of its groups.</param>
    public Task ReplaceAsync(string? predecessor, IEnumerable<EdgeOrigin> successor) => _origins.ChangeAsync(
        origins => [.. origins.Where(other => other.Id != predecessor), .. successor]);

    /// <summary>Changes what share of the requests an instance gets.</summary>
    public Task SetWeightAsync(string id, int weight) => _origins.ChangeAsync(
        origins => [.. origins.Select(origin => origin.Id == id ? origin with { Weight = weight } : origin)]);

    /// <summary>Sends no more requests to an instance and forgets it; those that it has go on.</summary>
    public Task RemoveAsync(string id) => _origins.ChangeAsync(origins => [.. origins.Where(origin => origin.Id != id)]);

    /// <summary>Sends no more requests to an instance, and waits until it has answered those that it has.</summary>
    /// <returns>False when some were left at the limit.</returns>
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

        await Task.Delay(Settle);
        var clock = Stopwatch.StartNew();
        while (destinations.Exists(destination => destination.ConcurrentRequestCount > 0))
        {
            if (clock.Elapsed > limit)
            {
                return false;
            }

            await Task.Delay(DrainPoll);
        }

        return true;
    }

    /// <summary>Takes no new connections and lets the running requests end.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void AddForwarding(IServiceCollection services, EdgeOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<EdgeOrigins>();
        services.AddSingleton<IConfigChangeListener>(provider => provider.GetRequiredService<EdgeOrigins>());
        services.AddSingleton<IProxyConfigProvider>(provider => provider.GetRequiredService<EdgeOrigins>().Provider);
        services.AddSingleton<GroupChoice>();
        services.AddSingleton<ColdStartGate>();
        services.AddSingleton<SafeRetries>();
        services.AddSingleton<IProbingRequestFactory, ProbeRequests>();
        services.AddSingleton<IAvailableDestinationsPolicy, FirstPriority>();
        services.AddSingleton<IActiveHealthCheckPolicy, SampledProbes>();
        services.AddSingleton<IPassiveHealthCheckPolicy, DeliveryFailures>();
        foreach (var policy in Enum.GetValues<BalancingPolicy>())
        {
            services.AddSingleton<ILoadBalancingPolicy>(new DestinationBalancing(policy));
        }

        services.AddReverseProxy()
            .AddTransforms(transforms =>
            {
                // Links and cookies are for the host that the client asked.
                transforms.AddOriginalHost(true);
                transforms.RequestTransforms.Add(new StatedLength());
            })
            .ConfigureHttpClient((_, handler) => handler.ConnectTimeout = TimeSpan.FromSeconds(2));
    }

    /// <summary>A request that has waited for an instance began when there was none.</summary>
    private static Task FreshDestinations(HttpContext context, RequestDelegate next)
    {
        context.GetReverseProxyFeature().AvailableDestinations = context.GetRouteModel().Cluster!.DestinationsState.AvailableDestinations;
        return next(context);
    }
}
