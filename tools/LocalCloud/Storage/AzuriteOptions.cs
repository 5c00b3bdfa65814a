namespace ServerlessScale.Local.Storage;

/// <summary>How to run one Azurite.</summary>
public sealed record AzuriteOptions
{
    /// <summary>Azurite's files: created when missing, kept afterwards, used by one Azurite at a time.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// Whether to take ports 10000 to 10002, which storage tools and <c>UseDevelopmentStorage=true</c> expect, if they are free. The
    /// operating system chooses otherwise. Default false, so that several can run side by side.
    /// </summary>
    public bool PreferDefaultPorts { get; init; }

    /// <summary>Where Azurite is installed on first use.</summary>
    public string CacheRoot { get; init; } = AzuriteInstallation.DefaultCacheRoot;

    /// <summary>Gets lines for people to read while Azurite is being installed; called from any thread.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>How long Azurite may take to listen. Default 60 seconds; it takes about one.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long Azurite may take to flush and stop before it is killed. Default 15 seconds; it takes a fraction of one.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
