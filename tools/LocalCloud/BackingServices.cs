using System.Globalization;
using ServerlessScale.Local.Dashboard;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Sessions;
using ServerlessScale.Local.Storage;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Local;

/// <summary>
/// The services that store the app's state: Azurite or a given storage account, and StrictCosmos and Redis if they are selected. The Aspire
/// dashboard, which stores the app's telemetry, is also one of these services if it is selected.
/// </summary>
internal sealed class BackingServices : IAsyncDisposable
{
    /// <summary>The app's setting for the folder whose free space readiness checks.</summary>
    private const string StorageFolderSetting = "Health__StorageFolder";

    /// <summary>
    /// The app's setting for the token that the shop's page uses in development. The app gives the token only to its own page on this machine.
    /// </summary>
    private const string PageTokenSetting = "Page__DevelopmentToken";

    /// <summary>The page cannot renew its token, so the token outlasts any run.</summary>
    private static readonly TimeSpan PageTokenLifetime = TimeSpan.FromDays(30);

    private AzuriteProcess? _azurite;

    private BackingServices(string storageConnectionString) => StorageConnectionString = storageConnectionString;

    public string StorageConnectionString { get; private set; }

    public StrictCosmosServer? Cosmos { get; private set; }

    public RedisProcess? Redis { get; private set; }

    public DashboardProcess? Dashboard { get; private set; }

    /// <summary>Completes if Azurite ends by itself. Never completes if a storage account was given.</summary>
    public Task StorageEnded => _azurite?.Completion ?? Task.Delay(Timeout.Infinite);

    /// <exception cref="LocalCloudException">A service did not start. All other services are stopped.</exception>
    public static async Task<BackingServices> StartAsync(BackingServicesOptions options, CancellationToken cancellationToken)
    {
        var services = new BackingServices(options.StorageConnectionString ?? "");
        try
        {
            services.Cosmos = options.Orders == LocalOrderBackend.Cosmos
                ? await StrictCosmosServer.StartAsync(
                    options.CosmosRegions is { Count: > 0 } regions ? new() { Regions = regions } : null, cancellationToken)
                : null;
            services.Redis = options.Sessions == LocalSessionBackend.Redis ? await RedisProcess.StartAsync(cancellationToken: cancellationToken) : null;
            services.Dashboard = options.Dashboard
                ? await DashboardProcess.StartAsync(options.Azurite.CacheRoot, options.Azurite.Progress, cancellationToken)
                : null;
            if (options.StorageConnectionString is null)
            {
                services._azurite = await AzuriteProcess.StartAsync(options.Azurite, cancellationToken);
                services.StorageConnectionString = services._azurite.ConnectionString;
                await UploadCors.AllowAsync(services.StorageConnectionString, cancellationToken);
            }

            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Returns the app settings for these services. The settings in <paramref name="given"/> override all other settings.
    /// </summary>
    /// <param name="given">The app settings that the user has specified.</param>
    /// <param name="allowPrivateWebhooks">Whether webhooks may be sent to private networks.</param>
    /// <param name="tokens">The issuer of the tokens that the app must accept.</param>
    public Dictionary<string, string> AppSettings(IReadOnlyDictionary<string, string> given, bool allowPrivateWebhooks, DevelopmentTokens tokens)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["AzureWebJobsStorage"] = StorageConnectionString,

            // Polling Azurite is free. In Azure, each poll is a paid request, so instances poll less often (see host.json).
            ["AzureFunctionsJobHost__extensions__queues__maxPollingInterval"] = "00:00:00.250",
            [DevelopmentTokens.KeySetting] = tokens.SigningKey,
            [PageTokenSetting] = tokens.Issue(lifetime: PageTokenLifetime),
        };
        if (_azurite is not null)
        {
            settings[StorageFolderSetting] = _azurite.DataDirectory;
        }

        if (allowPrivateWebhooks)
        {
            settings[LocalCloud.AllowPrivateWebhooksSetting] = "true";
        }

        IEnumerable<KeyValuePair<string, string>> overriding =
        [
            .. Cosmos is null ? [] : CosmosSettings.For(Cosmos.ConnectionString, [.. Cosmos.Regions.All.Select(region => region.Name)]).AsEnumerable(),
            .. Redis?.AppSettings.AsEnumerable() ?? [],
            .. given,
            // The option overrides a collector in local.settings.json.
            .. Dashboard?.AppSettings.AsEnumerable() ?? [],
        ];
        foreach (var (name, value) in overriding)
        {
            settings[name] = value;
        }

        // UseDevelopmentStorage=true means Azurite on its default ports, but this cloud's Azurite instance may use other ports.
        if (settings["AzureWebJobsStorage"] == "UseDevelopmentStorage=true")
        {
            settings["AzureWebJobsStorage"] = StorageConnectionString;
        }

        return settings;
    }

    public async ValueTask DisposeAsync()
    {
        if (Cosmos is not null)
        {
            await Cosmos.DisposeAsync();
        }

        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }

        if (_azurite is not null)
        {
            await _azurite.DisposeAsync();
        }

        if (Dashboard is not null)
        {
            await Dashboard.DisposeAsync();
        }
    }
}

/// <summary>The backing services to run.</summary>
internal sealed record BackingServicesOptions
{
    public LocalOrderBackend Orders { get; init; }

    /// <summary>The regions of StrictCosmos; empty for its default.</summary>
    public IReadOnlyList<string> CosmosRegions { get; init; } = [];

    public LocalSessionBackend Sessions { get; init; }

    /// <summary>Whether to run the Aspire dashboard.</summary>
    public bool Dashboard { get; init; }

    /// <summary>The connection string of a running storage service; null to start an Azurite instance.</summary>
    public string? StorageConnectionString { get; init; }

    /// <summary>The options for Azurite.</summary>
    public required AzuriteOptions Azurite { get; init; }
}

/// <summary>The app settings that make the function app store orders in StrictCosmos.</summary>
public static class CosmosSettings
{
    /// <param name="connectionString">The connection string of StrictCosmos, or of a proxy in front of it.</param>
    /// <param name="regions">
    /// The regions of the account in the order in which the app prefers them. With fewer than two regions, the app uses only the endpoint in
    /// the connection string, which may be that of a proxy.
    /// </param>
    public static IReadOnlyDictionary<string, string> For(string connectionString, params IReadOnlyList<string> regions)
    {
        var settings = new Dictionary<string, string>
        {
            ["Orders__Store"] = "cosmos",
            ["Orders__Cosmos__ConnectionString"] = connectionString,
            ["Orders__Cosmos__CreateIfMissing"] = "true",
        };
        if (regions.Count < 2)
        {
            settings["Orders__Cosmos__LimitToEndpoint"] = "true";
            return settings;
        }

        settings["Orders__Cosmos__Gateway"] = "true";
        for (var index = 0; index < regions.Count; index++)
        {
            settings[string.Create(CultureInfo.InvariantCulture, $"Orders__Cosmos__PreferredRegions__{index}")] = regions[index];
        }

        return settings;
    }
}
