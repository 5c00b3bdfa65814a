using ServerlessScale.Edge.Balancing;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Settings;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Local.Commands;

/// <summary>The options of the run command, as given on the command line.</summary>
internal sealed record RunOptions
{
    /// <summary>The root folder of the working tree.</summary>
    public required string Repository { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>The HTTP port; 0 selects a free port.</summary>
    public required int Port { get; init; }

    /// <summary>Whether to build the function app first.</summary>
    public required bool Build { get; init; }

    public required LocalOrderBackend Orders { get; init; }

    public required LocalSessionBackend Sessions { get; init; }

    /// <summary>Whether webhooks may be sent to this machine and its private network.</summary>
    public required bool AllowPrivateWebhooks { get; init; }

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

    /// <summary>Reads the app settings from local.settings.json, which is created from the sample if it is missing.</summary>
    /// <exception cref="LocalCloudException">The file cannot be read.</exception>
    public Dictionary<string, string> LoadAppSettings(DevelopmentTokens tokens)
    {
        if (LocalSettings.CreateWhenMissing(Repository, tokens.SigningKey))
        {
            Console.Error.WriteLine($"Created {LocalSettings.FileName} from {LocalSettings.SampleFileName}.");
        }

        var settings = new Dictionary<string, string>(LocalSettings.Read(Path.Combine(Repository, LocalSettings.FileName)))
        {
            // The file may contain the key of another data folder, but tokens are signed with the key of this data folder.
            [DevelopmentTokens.KeySetting] = tokens.SigningKey,
        };
        if (AllowPrivateWebhooks)
        {
            settings[LocalCloud.AllowPrivateWebhooksSetting] = "true";
        }

        return settings;
    }
}
