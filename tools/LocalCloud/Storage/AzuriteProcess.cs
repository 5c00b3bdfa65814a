using System.Globalization;
using System.Text.RegularExpressions;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Storage;

/// <summary>
/// A running Azurite with blob, queue and table services on loopback. Ending it flushes its data; being killed together with its parent
/// does as well, since it watches the pipe between them.
/// </summary>
public sealed partial class AzuriteProcess : IAsyncDisposable
{
    /// <summary>Azurite's well-known account and key, the same everywhere and no secret: learn.microsoft.com/azure/storage/common/storage-use-azurite.</summary>
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly LeashedProcess _process;
    private readonly AzuriteDataFolder _folder;
    private readonly Dictionary<string, Uri> _addresses = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AzuriteProcess(AzuriteInstallation installation, AzuriteDataFolder folder, int firstPort, TimeSpan stopTimeout)
    {
        _folder = folder;
        string Port(int offset) => (firstPort == 0 ? 0 : firstPort + offset).ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            // Node itself and not npm, so that the process to watch and to kill is Azurite.
            AzuriteInstallation.RunScript, installation.AzuriteScript,
            "--silent", "--disableTelemetry", "--skipApiVersionCheck", "--location", folder.Path,
            "--blobPort", Port(0), "--queuePort", Port(1), "--tablePort", Port(2),
        ];
        _process = new LeashedProcess("Azurite", installation.NodePath, arguments, folder.Path, stopTimeout, folder.RecordUser, Take);
    }

    public Uri BlobUri => _addresses["Blob"];

    public Uri QueueUri => _addresses["Queue"];

    public Uri TableUri => _addresses["Table"];

    /// <summary>For the Azure storage clients, e.g. as <c>AzureWebJobsStorage</c>.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={BlobUri};QueueEndpoint={QueueUri};TableEndpoint={TableUri};";

    /// <summary>The operating system's id of the Node.js process, for those who want to harm it.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Completes once Azurite was stopped; faults with a <see cref="LocalCloudException"/> that shows its last lines if it ends by itself.</summary>
    public Task Completion => _process.Completion;

    /// <summary>Installs Azurite if need be, starts it and waits until all three services listen.</summary>
    /// <exception cref="LocalCloudException">It cannot be installed or started, or the data folder is in use.</exception>
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
                // Tried rather than looked at first: a look says nothing about the moment after it.
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
            azurite = new AzuriteProcess(installation, folder, firstPort, options.StopTimeout);
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
        await azurite._process.WaitUntilAsync(azurite._listening.Task, "Azurite did not listen", options.StartTimeout, azurite, cancellationToken);
        return azurite;
    }

    private void Take(string line)
    {
        if (ListeningLine().Match(line) is not { Success: true } match)
        {
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
