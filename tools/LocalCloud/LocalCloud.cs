using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Host;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Sessions;
using ServerlessScale.Local.Storage;
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
    private readonly AzuriteProcess? _azurite;
    private readonly StrictCosmosServer? _cosmos;
    private readonly RedisProcess? _redis;
    private readonly FunctionHost _host;
    private readonly string? _temporaryDirectory;

    private LocalCloud(
        DevelopmentTokens tokens, AzuriteProcess? azurite, StrictCosmosServer? cosmos, RedisProcess? redis, FunctionHost host, string storage,
        string? temporaryDirectory)
    {
        _tokens = tokens;
        _azurite = azurite;
        _cosmos = cosmos;
        _redis = redis;
        _host = host;
        _temporaryDirectory = temporaryDirectory;
        StorageConnectionString = storage;
    }

    /// <summary>Where clients send their requests, e.g. <c>http://127.0.0.1:7071/</c>.</summary>
    public Uri BaseAddress => _host.Address;

    /// <summary>For looking into the storage behind the app.</summary>
    public string StorageConnectionString { get; }

    /// <summary>For looking into the orders, and for faults; null when they are in tables.</summary>
    public StrictCosmosServer? Cosmos => _cosmos;

    /// <summary>For looking into the carts, and for faults; null when they are in tables.</summary>
    public RedisProcess? Redis => _redis;

    /// <summary>The running worker's process id; null while it is being restarted.</summary>
    public int? WorkerProcessId => _host.Workers.ProcessId;

    /// <summary>Completes when the storage service has ended by itself, which nothing here survives; never for a shared one.</summary>
    public Task StorageEnded => _azurite?.Completion ?? Task.Delay(Timeout.Infinite);

    /// <exception cref="LocalCloudException">Something is missing or in the way; the message says what to do.</exception>
    public static async Task<LocalCloud> StartAsync(LocalCloudOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var appDirectory = options.AppDirectory ?? FunctionAppBuild.FindNewest(Repository.FindRoot());
        var temporary = options.DataDirectory is null ? Directory.CreateTempSubdirectory("localcloud-").FullName : null;
        var data = options.DataDirectory ?? temporary!;
        var tokens = DevelopmentTokens.Open(data);
        AzuriteProcess? azurite = null;
        StrictCosmosServer? cosmos = null;
        RedisProcess? redis = null;
        try
        {
            cosmos = options.Orders == OrderStore.Cosmos ? await StrictCosmosServer.StartAsync(cancellationToken: cancellationToken) : null;
            redis = options.Sessions == SessionStore.Redis ? await RedisProcess.StartAsync(cancellationToken: cancellationToken) : null;
            azurite = options.StorageConnectionString is null
                ? await AzuriteProcess.StartAsync(
                    new()
                    {
                        DataDirectory = Path.Combine(data, "azurite"),
                        PreferDefaultPorts = options.PreferDefaultStoragePorts,
                        Progress = options.Progress,
                    },
                    cancellationToken)
                : null;
            var storage = azurite?.ConnectionString ?? options.StorageConnectionString!;
            var host = await FunctionHost.StartAsync(
                appDirectory, options.Port, Settings(options, storage, cosmos, redis, tokens), options.WorkerSettings, data,
                options.Loggers ?? NullLoggerFactory.Instance, cancellationToken);
            return new(tokens, azurite, cosmos, redis, host, storage, temporary);
        }
        catch
        {
            await CleanUpAsync(azurite, cosmos, redis, temporary);
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

    /// <summary>Kills the worker as a crash would (SIGKILL) and returns its process id; a new one is started at once. Null when none ran.</summary>
    public int? KillWorker() => _host.Workers.KillWorker();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await CleanUpAsync(_azurite, _cosmos, _redis, _temporaryDirectory);
    }

    private static async Task CleanUpAsync(
        AzuriteProcess? azurite, StrictCosmosServer? cosmos, RedisProcess? redis, string? temporaryDirectory)
    {
        if (cosmos is not null)
        {
            await cosmos.DisposeAsync();
        }

        if (redis is not null)
        {
            await redis.DisposeAsync();
        }

        if (azurite is not null)
        {
            await azurite.DisposeAsync();
        }

        if (temporaryDirectory is not null)
        {
            Directory.Delete(temporaryDirectory, recursive: true);
        }
    }

    private static Dictionary<string, string> Settings(
        LocalCloudOptions options, string storage, StrictCosmosServer? cosmos, RedisProcess? redis, DevelopmentTokens tokens)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["AzureWebJobsStorage"] = storage,
            [DevelopmentTokens.KeySetting] = tokens.SigningKey,
        };
        if (cosmos is not null)
        {
            settings["Orders__Store"] = "cosmos";
            settings["Orders__Cosmos__ConnectionString"] = cosmos.ConnectionString;
            settings["Orders__Cosmos__LimitToEndpoint"] = "true";
            settings["Orders__Cosmos__CreateIfMissing"] = "true";
        }

        if (options.AllowPrivateWebhooks)
        {
            settings[AllowPrivateWebhooksSetting] = "true";
        }

        foreach (var (name, value) in redis is null ? options.Settings : redis.AppSettings.Concat(options.Settings))
        {
            settings[name] = value;
        }

        // Core Tools' shorthand for Azurite means the one that was started here, whatever its ports.
        if (settings["AzureWebJobsStorage"] == "UseDevelopmentStorage=true")
        {
            settings["AzureWebJobsStorage"] = storage;
        }

        return settings;
    }
}
