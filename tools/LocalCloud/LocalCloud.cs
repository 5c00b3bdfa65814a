using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.FunctionHost;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Sessions;
using ServerlessScale.Local.Topologies;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Local;

/// <summary>
/// The whole system on one machine: Azurite, Redis if it is asked for, the real worker process and a host that drives it as Azure does. Several can run side
/// by side; disposing drains and stops everything that this one started.
/// </summary>
public sealed class LocalCloud : IAsyncDisposable
{
    internal const string AllowPrivateWebhooksSetting = "Webhooks__AllowPrivateNetworks";

    private readonly DevelopmentTokens _tokens;
    private readonly BackingServices _backing;
    private readonly FunctionAppHost? _host;
    private readonly InstanceSet? _instances;
    private readonly string _dataDirectory;
    private readonly string? _temporaryDirectory;

    private LocalCloud(
        DevelopmentTokens tokens, BackingServices backing, FunctionAppHost? host, InstanceSet? instances, string dataDirectory,
        string? temporaryDirectory)
    {
        _tokens = tokens;
        _backing = backing;
        _host = host;
        _instances = instances;
        _dataDirectory = dataDirectory;
        _temporaryDirectory = temporaryDirectory;
    }

    /// <summary>Where clients send their requests, e.g. <c>http://127.0.0.1:7071/</c>.</summary>
    public Uri BaseAddress => _instances?.Address ?? _host!.Address;

    /// <summary>For looking into the storage behind the app.</summary>
    public string StorageConnectionString => _backing.StorageConnectionString;

    /// <summary>For looking into the orders, and for faults; null when they are in tables.</summary>
    public StrictCosmosServer? Cosmos => _backing.Cosmos;

    /// <summary>For looking into the carts, and for faults; null when they are in tables.</summary>
    public RedisProcess? Redis => _backing.Redis;

    /// <summary>The running worker's process id; null while it is being restarted. Of several instances, that of the first.</summary>
    public int? WorkerProcessId => FirstHost?.WorkerProcessId;

    /// <summary>The apps that run behind the edge, whether or not they have an instance at the moment; empty without an edge.</summary>
    public IReadOnlyList<string> Apps => [.. (_instances?.Pools ?? []).Select(pool => pool.App)];

    /// <summary>The instances that run behind the edge, of all apps; empty without an edge.</summary>
    public IReadOnlyList<InstanceStatus> Instances => [.. (_instances?.Pools ?? []).SelectMany(pool => pool.Running)];

    /// <summary>Completes when the storage service has ended by itself, which nothing here survives; never for a shared one.</summary>
    public Task StorageEnded => _backing.StorageEnded;

    /// <exception cref="LocalCloudException">Something is missing or in the way; the message says what to do.</exception>
    public static async Task<LocalCloud> StartAsync(LocalCloudOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var appDirectory = options.AppDirectory ?? FunctionAppBuild.FindNewest(Repository.FindRoot());
        var temporary = options.DataDirectory is null ? Directory.CreateTempSubdirectory("localcloud-").FullName : null;
        var data = options.DataDirectory ?? temporary!;
        var tokens = DevelopmentTokens.Open(data);
        BackingServices? backing = null;
        try
        {
            backing = await BackingServices.StartAsync(options, data, cancellationToken);
            var host = new FunctionAppHostOptions
            {
                AppDirectory = appDirectory,
                Port = options.Port,
                Settings = backing.AppSettings(options, tokens),
                WorkerSettings = options.WorkerSettings,
                DataDirectory = data,
                ScheduleDirectory = Path.Combine(data, "timers"),
                Loggers = options.Loggers ?? NullLoggerFactory.Instance,
            };
            return options is { Instances: null, Scale: null, Edge: false, Topology: Topology.Monolith }
                ? new(tokens, backing, await FunctionAppHost.StartAsync(host, cancellationToken), instances: null, data, temporary)
                : new(tokens, backing, host: null, await InstanceSet.StartAsync(options, host, cancellationToken), data, temporary);
        }
        catch (Exception failure)
        {
            await CleanUpAsync(backing, temporary);
            if (failure is FunctionHostException)
            {
                throw new LocalCloudException(failure.Message, failure);
            }

            throw;
        }
    }

    /// <summary>A development token; see <see cref="DevelopmentTokens"/>. No scopes given means all.</summary>
    public string Token(string customer = DevelopmentTokens.DefaultCustomer, params string[] scopes) =>
        _tokens.Issue(customer, scopes is { Length: > 0 } ? scopes : null);

    /// <summary>A token that expired before now, for tests.</summary>
    public string ExpiredToken(string customer = DevelopmentTokens.DefaultCustomer) =>
        _tokens.Issue(customer, lifetime: TimeSpan.FromMinutes(-10));

    /// <summary>A client of this cloud that follows no redirects; it sends the token, if there is one, with every request.</summary>
    public HttpClient CreateClient(string? token = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
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
    /// Kills the worker as a crash would (SIGKILL) and returns its process id; a new one is started at once. Null when none ran. Of
    /// several instances, the first's.
    /// </summary>
    public int? KillWorker() => FirstHost?.KillWorker();

    /// <summary>
    /// Ends an instance as the loss of its machine would: its connections are cut and its worker is killed. The edge is not told.
    /// <see cref="StartInstanceAsync(string, CancellationToken)"/> puts another in its place.
    /// </summary>
    /// <param name="name">As in <see cref="Instances"/>.</param>
    /// <returns>False when no such instance runs.</returns>
    public Task<bool> KillInstanceAsync(string name) => WhereverItRunsAsync(pool => pool.KillAsync(name));

    /// <summary>Gives an instance no more requests, lets it end those that it has, and stops it.</summary>
    /// <param name="name">As in <see cref="Instances"/>.</param>
    /// <returns>False when no such instance runs.</returns>
    public Task<bool> StopInstanceAsync(string name) => WhereverItRunsAsync(pool => pool.StopAsync(name));

    /// <summary>Starts one more instance of the monolith, under the lowest number that is free.</summary>
    /// <returns>Its name.</returns>
    /// <exception cref="LocalCloudException">It did not come up; the message says why.</exception>
    public Task<string> StartInstanceAsync(CancellationToken cancellationToken = default) =>
        StartInstanceAsync(InstanceApp.TheOnlyOne, cancellationToken);

    /// <summary>Starts one more instance of an app, under the lowest number that is free.</summary>
    /// <param name="app">As in <see cref="Apps"/>.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>Its name.</returns>
    /// <exception cref="ArgumentException">There is no such app.</exception>
    /// <exception cref="LocalCloudException">It did not come up; the message says why.</exception>
    public Task<string> StartInstanceAsync(string app, CancellationToken cancellationToken = default) =>
        (Pools.FirstOrDefault(pool => pool.App == app)
            ?? throw new ArgumentException($"There is no app {app}, but {string.Join(", ", Apps)}.", nameof(app)))
        .StartAsync(cancellationToken);

    /// <summary>Makes the edge's cache forget.</summary>
    /// <param name="path">A path, or one that ends with <c>/*</c>.</param>
    /// <returns>How many answers are gone.</returns>
    /// <exception cref="LocalCloudException">There is no edge, or it is no such path.</exception>
    public Task<int> PurgeAsync(string path, CancellationToken cancellationToken = default) =>
        EdgeAdmin.Read(_dataDirectory).PurgeAsync(path, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_instances?.DisposeAsync() ?? ValueTask.CompletedTask);
        await CleanUpAsync(_backing, _temporaryDirectory);
    }

    private IReadOnlyList<InstancePool> Pools =>
        _instances?.Pools ?? throw new InvalidOperationException($"This cloud has one instance, without an edge: set {nameof(LocalCloudOptions.Instances)}.");

    private FunctionAppHost? FirstHost => _host ?? Pools.Select(pool => pool.FirstHost).FirstOrDefault(host => host is not null);

    private async Task<bool> WhereverItRunsAsync(Func<InstancePool, Task<bool>> end)
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
