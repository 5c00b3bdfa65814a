using Azure.Storage.Queues;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Settings;
using ServerlessScale.Local.Storage;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Local.Commands;

/// <summary>The options of the run command, as given on the command line.</summary>
internal sealed record RunOptions
{
    private const string StorageSetting = "AzureWebJobsStorage";

    /// <summary>The root folder of the working tree.</summary>
    public required string Repository { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>Whether the data folder was given on the command line. Such a folder has a token key of its own.</summary>
    public required bool OwnKey { get; init; }

    /// <summary>The HTTP port; 0 selects a free port.</summary>
    public required int Port { get; init; }

    /// <summary>Whether to build the function app first.</summary>
    public required bool Build { get; init; }

    public required LocalOrderBackend Orders { get; init; }

    /// <summary>The regions of StrictCosmos; empty for a single region.</summary>
    public required IReadOnlyList<string> CosmosRegions { get; init; }

    public required LocalSessionBackend Sessions { get; init; }

    /// <summary>Whether to run the Aspire dashboard.</summary>
    public bool Dashboard { get; init; }

    /// <summary>Whether webhooks may be sent to this machine and its private network.</summary>
    public required bool AllowPrivateWebhooks { get; init; }

    /// <summary>Whether to add sample products if the catalogue is empty.</summary>
    public required bool Samples { get; init; }

    /// <summary>Whether an edge runs in front of the app.</summary>
    public required bool Edge { get; init; }

    /// <summary>The country that the edge assumes for all clients; null if it is unknown.</summary>
    public required string? Country { get; init; }

    public required Topology Topology { get; init; }

    /// <summary>The number of instances of each app behind an edge. Null means one instance, and no edge for a monolith.</summary>
    public int? Instances { get; init; }

    /// <summary>The range within which the number of instances of each app is scaled; null for a constant number.</summary>
    public ScaleRange? Scale { get; init; }

    /// <summary>The edge's load balancing policy; null for the policy in its rules file.</summary>
    public BalancingPolicy? Balancing { get; init; }

    /// <summary>Whether any option requires an edge.</summary>
    public bool HasEdge => this is not { Edge: false, Instances: null, Scale: null, Topology: Topology.Monolith };

    /// <summary>
    /// Opens the issuer of the tokens. The key is in local.settings.json, which Core Tools also read, unless a data folder was given.
    /// </summary>
    /// <exception cref="LocalCloudException">The key cannot be read or created.</exception>
    public static DevelopmentTokens OpenTokens(string repository, string dataDirectory, bool ownKey) =>
        (ownKey ? null : TokensOfSettings(repository)) ?? DevelopmentTokens.Open(dataDirectory);

    /// <summary>Prepares the data folder, and opens the issuer of the tokens.</summary>
    /// <exception cref="LocalCloudException">The folder or the key cannot be used.</exception>
    public DevelopmentTokens OpenTokens()
    {
        DataFolder.Prepare(DataDirectory);
        return OpenTokens(Repository, DataDirectory, OwnKey);
    }

    /// <summary>Reads the app settings from local.settings.json, which is created from the sample if it is missing.</summary>
    /// <exception cref="LocalCloudException">The file cannot be read, or its connection string is invalid.</exception>
    public Dictionary<string, string> LoadAppSettings(DevelopmentTokens tokens)
    {
        LocalSettings.CreateWhenMissing(Repository, tokens.SigningKey);
        var path = LocalSettings.PathIn(Repository);
        var settings = new Dictionary<string, string>(LocalSettings.Read(path))
        {
            [DevelopmentTokens.KeySetting] = tokens.SigningKey,
        };
        if (settings.TryGetValue(StorageSetting, out var connection) && !IsConnectionString(connection))
        {
            // The message does not contain the value, because a misspelt connection string still contains the account's key.
            throw new LocalCloudException($"{path}: {StorageSetting} is not a connection string. Write UseDevelopmentStorage=true.");
        }

        if (AllowPrivateWebhooks)
        {
            settings[LocalCloud.AllowPrivateWebhooksSetting] = "true";
        }

        return settings;
    }

    private static DevelopmentTokens? TokensOfSettings(string repository)
    {
        LocalSettings.CreateWhenMissing(repository, DevelopmentTokens.NewKey());
        var path = LocalSettings.PathIn(repository);
        return LocalSettings.Read(path).GetValueOrDefault(DevelopmentTokens.KeySetting) is { Length: > 0 } key
            ? DevelopmentTokens.WithKey(key)
                ?? throw new LocalCloudException(
                    $"{path}: {DevelopmentTokens.KeySetting} is not base64 of at least 32 bytes. Delete the file to have a new key created.")
            : null;
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            _ = new QueueServiceClient(text);
            return true;
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
