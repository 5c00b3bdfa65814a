using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Sessions;
using ServerlessScale.Local.Storage;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Local;

/// <summary>What the app's state is in: Azurite or a given storage account, and Cosmos DB and Redis if they are asked for.</summary>
internal sealed class BackingServices : IAsyncDisposable
{
    private AzuriteProcess? _azurite;

    private BackingServices(string storageConnectionString) => StorageConnectionString = storageConnectionString;

    public string StorageConnectionString { get; private set; }

    public StrictCosmosServer? Cosmos { get; private set; }

    public RedisProcess? Redis { get; private set; }

    /// <summary>Completes when the storage service has ended by itself; never for a given one.</summary>
    public Task StorageEnded => _azurite?.Completion ?? Task.Delay(Timeout.Infinite);

    /// <exception cref="LocalCloudException">One of them cannot start; the others are stopped again.</exception>
    public static async Task<BackingServices> StartAsync(LocalCloudOptions options, string dataDirectory, CancellationToken cancellationToken)
    {
        var services = new BackingServices(options.StorageConnectionString ?? "");
        try
        {
            services.Cosmos = options.Orders == OrderStore.Cosmos
                ? await StrictCosmosServer.StartAsync(cancellationToken: cancellationToken)
                : null;
            services.Redis = options.Sessions == SessionStore.Redis ? await RedisProcess.StartAsync(cancellationToken: cancellationToken) : null;
            if (options.StorageConnectionString is null)
            {
                services._azurite = await AzuriteProcess.StartAsync(
                    new()
                    {
                        DataDirectory = Path.Combine(dataDirectory, "azurite"),
                        PreferDefaultPorts = options.PreferDefaultStoragePorts,
                        Progress = options.Progress,
                    },
                    cancellationToken);
                services.StorageConnectionString = services._azurite.ConnectionString;
            }

            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the app is told; the given settings have the last word.</summary>
    public Dictionary<string, string> AppSettings(LocalCloudOptions options, DevelopmentTokens tokens)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["AzureWebJobsStorage"] = StorageConnectionString,
            [DevelopmentTokens.KeySetting] = tokens.SigningKey,
        };
        if (options.AllowPrivateWebhooks)
        {
            settings[LocalCloud.AllowPrivateWebhooksSetting] = "true";
        }

        IEnumerable<KeyValuePair<string, string>> given =
        [
            .. Cosmos is null ? [] : CosmosSettings.For(Cosmos.ConnectionString).AsEnumerable(),
            .. Redis?.AppSettings.AsEnumerable() ?? [],
            .. options.Settings,
        ];
        foreach (var (name, value) in given)
        {
            settings[name] = value;
        }

        // Core Tools' shorthand for Azurite means the one that was started here, whatever its ports.
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
    }
}
