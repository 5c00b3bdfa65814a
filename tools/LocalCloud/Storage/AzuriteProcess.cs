using System.Globalization;
using System.Text.RegularExpressions;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Storage;

/// <summary>
/// A running Azurite instance with blob, queue and table services on the loopback interface. Azurite flushes its data when it is stopped.
/// It also flushes its data when this process is killed, because the pipe from this process to Azurite's standard input then closes.
/// </summary>
public sealed partial class AzuriteProcess : IAsyncDisposable
{
    /// <summary>Azurite's public default account (learn.microsoft.com/azure/storage/common/storage-use-azurite).</summary>
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly LeashedProcess _process;
    private readonly AzuriteDataFolder _folder;
    private readonly AzuriteSaves _saves;
    private readonly Dictionary<string, Uri> _addresses = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AzuriteProcess(AzuriteInstallation installation, AzuriteDataFolder folder, int firstPort, AzuriteOptions options)
    {
        _folder = folder;
        _saves = new(folder.Path, options.Progress);
        string Port(int offset) => (firstPort == 0 ? 0 : firstPort + offset).ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            // Azurite is started with node instead of npm, so that the child process is Azurite itself.
            AzuriteInstallation.RunScript, installation.AzuriteScript,
            "--silent", "--disableTelemetry", "--skipApiVersionCheck", "--location", folder.Path,
            "--blobPort", Port(0), "--queuePort", Port(1), "--tablePort", Port(2),
        ];
        _process = new LeashedProcess("Azurite", installation.NodePath, arguments, folder.Path, options.StopTimeout, folder.RecordUser, Take);
    }

    /// <summary>The absolute path of the data folder.</summary>
    public string DataDirectory => _folder.Path;

    public Uri BlobUri => _addresses["Blob"];

    public Uri QueueUri => _addresses["Queue"];

    public Uri TableUri => _addresses["Table"];

    /// <summary>The connection string for storage clients and for the <c>AzureWebJobsStorage</c> setting.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={BlobUri};QueueEndpoint={QueueUri};TableEndpoint={TableUri};";

    /// <summary>The process id of Azurite. Tests use it to kill the process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>
    /// Completes after <see cref="DisposeAsync"/>. If Azurite ends by itself, the task fails with a <see cref="LocalCloudException"/> that
    /// quotes the last lines of output.
    /// </summary>
    public Task Completion => _process.Completion;

    /// <summary>Installs Azurite if necessary, starts it, and waits until all three services are listening.</summary>
    /// <exception cref="LocalCloudException">Azurite cannot be installed or started, or the data folder is in use.</exception>
    public static async Task<AzuriteProcess> StartAsync(AzuriteOptions options, CancellationToken cancellationToken)
    {
        var installation = await AzuriteInstallation.EnsureAsync(
            options.CacheRoot, options.Progress, searchPath: null, cancellationToken);
        if (options.PreferDefaultPorts)
        {
            try
            {
                return await StartAsync(installation, options, firstPort: 10000, cancellationToken);
            }
            catch (LocalCloudException failure) when (failure.Message.Contains("EADDRINUSE", StringComparison.Ordinal))
            {
                // The ports are in use. Checking the ports first would not be reliable, because another process could take a port after the
                // check.
            }
        }
        return await StartAsync(installation, options, firstPort: 0, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private static async Task<AzuriteProcess> StartAsync(
        AzuriteInstallation installation, AzuriteOptions options, int firstPort, CancellationToken cancellationToken)
    {
        var folder = await AzuriteDataFolder.OpenAsync(options.DataDirectory, cancellationToken);
        AzuriteProcess azurite;
        try
        {
            azurite = new AzuriteProcess(installation, folder, firstPort, options);
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
        try
        {
            await azurite._process.WaitUntilAsync(azurite._listening.Task, "Azurite did not listen", options.StartTimeout, azurite, cancellationToken);
            return azurite;
        }
        catch (LocalCloudException failure) when (AzuriteDatabases.FindDamaged(folder.Path) is { } damaged)
        {
            throw new LocalCloudException(
                $"The database of Azurite {damaged} is damaged. Restore the file from a copy, or delete the folder {folder.Path} to start with "
                + "empty storage.",
                failure);
        }
    }

    private void Take(string line)
    {
        if (ListeningLine().Match(line) is not { Success: true } match)
        {
            _saves.Take(line);
            return;
        }

        _addresses[match.Groups["service"].Value] = new Uri($"{match.Groups["address"].Value}/{Account}");
        if (_addresses.Count == 3)
        {
            _listening.TrySetResult();
        }
    }

    [GeneratedRegex(@"^Azurite (?<service>Blob|Queue|Table) service is successfully listening at (?<address>http://\S+)$")]
    private static partial Regex ListeningLine();
}

/// <summary>The options for an Azurite instance.</summary>
public sealed record AzuriteOptions
{
    /// <summary>
    /// The data folder. It is created if it is missing and is not deleted afterwards. Only one Azurite instance at a time can use it.
    /// </summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// Whether to use the ports 10000 to 10002 if they are free. Storage tools and <c>UseDevelopmentStorage=true</c> expect these ports. By
    /// default, the operating system selects free ports, so that several Azurite instances can run at the same time.
    /// </summary>
    public bool PreferDefaultPorts { get; init; }

    /// <summary>The folder in which Azurite is installed on first use.</summary>
    public string CacheRoot { get; init; } = AzuriteInstallation.DefaultCacheRoot;

    /// <summary>
    /// Called on any thread with human-readable messages while Azurite is being installed, and when Azurite cannot save its data.
    /// </summary>
    public Action<string>? Progress { get; init; }

    /// <summary>
    /// The maximum time until Azurite is listening. The default is 60 seconds, although Azurite usually needs one second.
    /// </summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The time limit for Azurite to flush its data and end before it is killed. The default is 15 seconds, although Azurite usually needs
    /// less than one second.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
