using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Reading;
using ServerlessScale.FunctionHost;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Dashboard;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Lab;
using ServerlessScale.Local.Lab.State;
using ServerlessScale.Local.Samples;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Sessions;
using ServerlessScale.Local.Topologies;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Local;

/// <summary>
/// The complete system on one machine. It consists of the backing services, the app's worker processes (run by FunctionHost), and
/// optionally an edge. Several clouds can run on the same machine. Disposing a cloud drains it and stops everything that it has started.
/// </summary>
public sealed class LocalCloud : IAsyncDisposable
{
    internal const string AllowPrivateWebhooksSetting = "Webhooks__AllowPrivateNetworks";

    private readonly DevelopmentTokens _tokens;
    private readonly BackingServices _backing;
    private readonly string _dataDirectory;
    private readonly string? _temporaryDirectory;
    private readonly CloudObserver? _observer;
    private FunctionAppHost? _host;
    private InstanceSet? _instances;
    private Laboratory? _laboratory;

    private LocalCloud(
        LocalCloudOptions options, string appDirectory, DevelopmentTokens tokens, BackingServices backing, string dataDirectory,
        string? temporaryDirectory)
    {
        (Options, AppDirectory) = (options, appDirectory);
        _observer = options.Lab || options.Observed ? new() : null;
        _tokens = tokens;
        _backing = backing;
        _dataDirectory = dataDirectory;
        _temporaryDirectory = temporaryDirectory;
    }

    /// <summary>The base address for clients, such as <c>http://127.0.0.1:7071/</c>.</summary>
    public Uri BaseAddress => _instances?.Address ?? _host!.Address;

    /// <summary>
    /// The bearer token for the laboratory's endpoints under <c>/_local</c>, which is new for each cloud; null if there is no laboratory.
    /// </summary>
    public string? LabToken => _laboratory?.Token;

    /// <summary>The connection string of the app's storage account.</summary>
    public string StorageConnectionString => _backing.StorageConnectionString;

    /// <summary>The stand-in for Cosmos DB, which can inject faults; null if orders are stored in tables.</summary>
    public StrictCosmosServer? Cosmos => _backing.Cosmos;

    /// <summary>The Redis server that stores the carts; null if carts are stored in tables.</summary>
    public RedisProcess? Redis => _backing.Redis;

    /// <summary>The Aspire dashboard, which shows the telemetry of all workers; null if it does not run.</summary>
    public DashboardProcess? Dashboard => _backing.Dashboard;

    /// <summary>
    /// The process id of the worker. Behind an edge, this is the worker of the first instance. Null while no worker is running.
    /// </summary>
    public int? WorkerProcessId => FirstHost?.WorkerProcessId;

    /// <summary>The names of the apps behind the edge, including apps without an instance. Empty if there is no edge.</summary>
    public IReadOnlyList<string> Apps => [.. (_instances?.Pools ?? []).Select(pool => pool.App)];

    /// <summary>The running instances of all apps behind the edge. Empty if there is no edge.</summary>
    public IReadOnlyList<InstanceStatus> Instances => [.. (_instances?.Pools ?? []).SelectMany(pool => pool.Running)];

    /// <summary>
    /// Completes if Azurite ends by itself, which makes the cloud unusable. Never completes for a shared storage service.
    /// </summary>
    public Task StorageEnded => _backing.StorageEnded;

    /// <summary>
    /// Starts the backing services, the instances and the edge. The returned task completes when the cloud accepts requests.
    /// </summary>
    /// <exception cref="LocalCloudException">
    /// A program or file is missing, a setting is invalid, or a port or folder is in use. The message states the remedy.
    /// </exception>
    public static async Task<LocalCloud> StartAsync(LocalCloudOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var appDirectory = options.AppDirectory ?? FunctionAppBuild.FindNewest(Repository.FindRoot());
        var temporary = options.DataDirectory is null ? Directory.CreateTempSubdirectory("localcloud-").FullName : null;
        var data = options.DataDirectory ?? temporary!;
        var tokens = options.Tokens ?? DevelopmentTokens.Open(data);
        BackingServices? backing = null;
        try
        {
            backing = await BackingServices.StartAsync(
                new()
                {
                    Orders = options.Orders,
                    CosmosRegions = options.CosmosRegions,
                    Sessions = options.Sessions,
                    Dashboard = options.Dashboard,
                    StorageConnectionString = options.StorageConnectionString,
                    Azurite = new()
                    {
                        DataDirectory = Path.Combine(data, "azurite"),
                        PreferDefaultPorts = options.PreferDefaultStoragePorts,
                        Progress = options.Progress,
                    },
                },
                cancellationToken);
            var cloud = new LocalCloud(options, appDirectory, tokens, backing, data, temporary);
            var host = new FunctionAppHostOptions
            {
                AppDirectory = appDirectory,
                Port = options.Port,
                Settings = backing.AppSettings(options.Settings, options.AllowPrivateWebhooks, tokens),
                WorkerSettings = options.WorkerSettings,
                DataDirectory = data,
                ScheduleDirectory = Path.Combine(data, "timers"),
                RestartsAfterLosses = options.HostRestartsAfterLosses,
                Loggers = options.Loggers ?? NullLoggerFactory.Instance,
            };
            if (options.NeedsEdge)
            {
                cloud._laboratory = options.Lab ? new(cloud) : null;
                cloud._instances = await cloud.StartBehindEdgeAsync(host with { TimerLocks = new(TimeProvider.System) }, cancellationToken);
                cloud._laboratory?.Open();
            }
            else
            {
                cloud._host = await FunctionAppHost.StartAsync(
                    host with { WorkerSettings = TelemetryNames.AddTo(host, InstanceApp.Monolith, InstanceApp.Monolith) }, cancellationToken);
            }

            return cloud;
        }
        catch (Exception failure)
        {
            await CleanUpAsync(backing, temporary);
            if (failure is FunctionHostException or EdgeRulesException)
            {
                throw new LocalCloudException(failure.Message, failure);
            }

            throw;
        }
    }

    internal LocalCloudOptions Options { get; }

    /// <summary>The function app's build output.</summary>
    internal string AppDirectory { get; }

    internal BackingServices Backing => _backing;

    /// <summary>The observed traffic and events; null if the cloud is not observed.</summary>
    internal CloudObserver? Observer => _observer;

    /// <summary>The instances behind the edge; null without an edge.</summary>
    internal InstanceSet? Set => _instances;

    /// <summary>The laboratory; null if it does not run.</summary>
    internal Laboratory? Laboratory => _laboratory;

    /// <summary>Issues a development token (<see cref="DevelopmentTokens"/>). If no scopes are given, the token has all scopes.</summary>
    public string Token(string customer = DevelopmentTokens.DefaultCustomer, params string[] scopes) =>
        _tokens.Issue(customer, scopes is { Length: > 0 } ? scopes : null);

    /// <inheritdoc cref="DevelopmentTokens.SizeKey"/>
    public string SizeKey => _tokens.SizeKey;

    /// <summary>Issues a token that has already expired, for tests.</summary>
    public string ExpiredToken(string customer = DevelopmentTokens.DefaultCustomer) =>
        _tokens.Issue(customer, lifetime: TimeSpan.FromMinutes(-10));

    /// <summary>
    /// Adds handlers to the clients that all clouds in this process create. The integration tests add one that compares every response with the
    /// API description.
    /// </summary>
    public static Func<HttpMessageHandler, HttpMessageHandler> ClientHandlers { get; set; } = handler => handler;

    /// <summary>
    /// Creates an HTTP client for this cloud. The client does not follow redirects. If a token is given, the client sends it with every
    /// request.
    /// </summary>
    public HttpClient CreateClient(string? token = null)
    {
        var client = new HttpClient(ClientHandlers(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }))
        {
            BaseAddress = BaseAddress,
        };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    /// <summary>
    /// Kills the worker (SIGKILL) to simulate a crash. Behind an edge, this is the worker of the first instance. A new worker is then
    /// started.
    /// </summary>
    /// <returns>The process id of the killed worker; null if no worker was running.</returns>
    public int? KillWorker() => FirstHost?.KillWorker();

    /// <summary>
    /// Simulates the loss of an instance's machine by closing its connections and killing its worker. The edge is not notified and must
    /// detect the loss itself. <see cref="StartInstanceAsync(string, CancellationToken)"/> starts a replacement.
    /// </summary>
    /// <param name="name">The name of the instance, as in <see cref="Instances"/>.</param>
    /// <returns>False if no instance with this name is running.</returns>
    public Task<bool> KillInstanceAsync(string name) => OnItsPoolAsync(pool => pool.KillAsync(name));

    /// <summary>Stops sending requests to an instance, waits until it has completed its requests and messages, and then stops it.</summary>
    /// <param name="name">The name of the instance, as in <see cref="Instances"/>.</param>
    /// <returns>False if no instance with this name is running.</returns>
    public Task<bool> StopInstanceAsync(string name) => OnItsPoolAsync(pool => pool.StopAsync(name));

    /// <summary>Starts another instance of the monolith, with the lowest free number.</summary>
    /// <returns>The name of the instance.</returns>
    /// <exception cref="LocalCloudException">The instance did not start. The message states the reason.</exception>
    public Task<string> StartInstanceAsync(CancellationToken cancellationToken = default) =>
        StartInstanceAsync(InstanceApp.Monolith, cancellationToken);

    /// <summary>Starts another instance of an app, with the lowest free number.</summary>
    /// <param name="app">The name of the app, as in <see cref="Apps"/>.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The name of the instance.</returns>
    /// <exception cref="ArgumentException">There is no app with this name.</exception>
    /// <exception cref="LocalCloudException">The instance did not start. The message states the reason.</exception>
    public Task<string> StartInstanceAsync(string app, CancellationToken cancellationToken = default) =>
        (Pools.FirstOrDefault(pool => pool.App == app)
            ?? throw new ArgumentException($"Unknown app {app}. The apps are {string.Join(", ", Apps)}.", nameof(app)))
        .StartAsync(cancellationToken);

    /// <summary>Purges responses from the edge's cache.</summary>
    /// <param name="path">A path, or a prefix that ends with <c>/*</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The number of purged responses.</returns>
    /// <exception cref="LocalCloudException">There is no edge, or the path is malformed.</exception>
    public Task<int> PurgeAsync(string path, CancellationToken cancellationToken = default) =>
        EdgeAdmin.Read(_dataDirectory).PurgeAsync(path, cancellationToken);

    /// <summary>
    /// Adds a dozen sample products with pictures, unless the catalogue has a product. The pictures are then resized in the background.
    /// </summary>
    /// <returns>The number of added products.</returns>
    /// <exception cref="HttpRequestException">The shop or its storage did not respond, or refused a request.</exception>
    public async Task<int> AddSampleProductsAsync(CancellationToken cancellationToken = default)
    {
        using var client = CreateClient(Token());
        return await new SampleProducts(client).AddAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // The laboratory undoes the changes of a running experiment, for which the instances must still run.
        await (_laboratory?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (_instances is not null)
        {
            await _instances.DisposeAsync();
            EdgeAdmin.Delete(_dataDirectory);
        }

        await CleanUpAsync(_backing, _temporaryDirectory);
    }

    private IReadOnlyList<InstancePool> Pools =>
        _instances?.Pools ?? throw new InvalidOperationException(
            $"This cloud has no edge, so it cannot have further instances. Set {nameof(LocalCloudOptions)}.{nameof(LocalCloudOptions.Instances)}.");

    private FunctionAppHost? FirstHost => _host ?? Pools.Select(pool => pool.FirstHost).FirstOrDefault(host => host is not null);

    private async Task<bool> OnItsPoolAsync(Func<InstancePool, Task<bool>> end)
    {
        foreach (var pool in Pools)
        {
            if (await end(pool))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<InstanceSet> StartBehindEdgeAsync(FunctionAppHostOptions template, CancellationToken cancellationToken)
    {
        var options = Options;
        var infra = Path.Combine(Repository.FindRoot(), "infra");
        var rules = EdgeRulesFile.Read(options.EdgeRulesPath ?? Path.Combine(infra, "edge-rules.json"));
        var layout = AppLayout.Of(options.Topology, rules, Path.Combine(infra, "capabilities.json"), template);
        var instances = new InstanceSetOptions
        {
            Instances = options.Instances,
            Scale = options.Scale,
            Targets = options.ScaleTargets,
            OnSample = _observer is null ? options.OnScaleSample : options.OnScaleSample + _observer.Count,
        };
        instances.Check(layout.Apps.Count);
        var edge = await LocalEdge.StartAsync(options, layout.Rules, template.DataDirectory, template.Loggers, Observed, cancellationToken);
        try
        {
            return await InstanceSet.StartAsync(edge, [.. layout.Apps.Select(Observed)], instances, cancellationToken);
        }
        catch
        {
            EdgeAdmin.Delete(template.DataDirectory);
            throw;
        }
    }

    private EdgeOptions Observed(EdgeOptions edge) => _observer is null ? edge : edge with
    {
        BeforeRules = _laboratory is null ? null : _laboratory.InvokeAsync,
        OnDelivery = _observer.Traffic.Count,
        OnResponse = _observer.Traffic.Count,
    };

    private InstanceApp Observed(InstanceApp app) => _observer is null ? app : app with
    {
        OnChange = _observer.Count,
        BeforeFunctions = _laboratory is null ? null : _laboratory.Work.Of,
    };

    private static async Task CleanUpAsync(BackingServices? backing, string? temporaryDirectory)
    {
        if (backing is not null)
        {
            await backing.DisposeAsync();
        }

        if (temporaryDirectory is not null)
        {
            Directory.Delete(temporaryDirectory, recursive: true);
        }
    }
}
