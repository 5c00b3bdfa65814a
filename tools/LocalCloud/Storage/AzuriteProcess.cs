using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

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
    private const int RememberedLines = 20;

    private readonly Process _process;
    private readonly AzuriteDataFolder _folder;
    private readonly TimeSpan _stopTimeout;
    private readonly Queue<string> _lastLines = new();
    private readonly Dictionary<string, Uri> _addresses = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;

    private AzuriteProcess(Process process, AzuriteDataFolder folder, TimeSpan stopTimeout)
    {
        _process = process;
        _folder = folder;
        _stopTimeout = stopTimeout;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _folder.RecordUser(_process);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Completion = WatchAsync();
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
    public Task Completion { get; }

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
        _stopping = true;
        try
        {
            _process.StandardInput.Close();
        }
        catch (Exception failure) when (failure is IOException or InvalidOperationException)
        {
            // It has ended already.
        }
        try
        {
            await _process.WaitForExitAsync().WaitAsync(_stopTimeout);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
        await _folder.DisposeAsync();
    }

    private static async Task<AzuriteProcess> StartAsync(
        AzuriteInstallation installation, AzuriteOptions options, int firstPort, CancellationToken cancellationToken)
    {
        var folder = await AzuriteDataFolder.OpenAsync(options.DataDirectory, cancellationToken);
        AzuriteProcess azurite;
        try
        {
            azurite = new AzuriteProcess(
                new Process { StartInfo = StartInfo(installation, folder.Path, firstPort) }, folder, options.StopTimeout);
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
        try
        {
            var first = await Task.WhenAny(azurite._listening.Task, azurite.Completion).WaitAsync(options.StartTimeout, cancellationToken);
            await first;
            return azurite;
        }
        catch (TimeoutException)
        {
            await azurite.DisposeAsync();
            throw new LocalCloudException(
                azurite.WithLastLines($"Azurite did not listen within {options.StartTimeout.TotalSeconds:0} seconds"));
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    private static ProcessStartInfo StartInfo(AzuriteInstallation installation, string folder, int firstPort)
    {
        string Port(int offset) => (firstPort == 0 ? 0 : firstPort + offset).ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            // Node itself and not npm, so that the process to watch and to kill is Azurite.
            AzuriteInstallation.RunScript, installation.AzuriteScript,
            "--silent", "--disableTelemetry", "--skipApiVersionCheck", "--location", folder,
            "--blobPort", Port(0), "--queuePort", Port(1), "--tablePort", Port(2),
        ];
        return new ProcessStartInfo(installation.NodePath, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
    }

    private void Take(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }
        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > RememberedLines)
            {
                _lastLines.Dequeue();
            }
            if (ListeningLine().Match(line) is { Success: true } match)
            {
                _addresses[match.Groups["service"].Value] = new Uri($"{match.Groups["address"].Value}/{Account}");
                if (_addresses.Count == 3)
                {
                    _listening.TrySetResult();
                }
            }
        }
    }

    private async Task WatchAsync()
    {
        await _process.WaitForExitAsync();
        if (!_stopping)
        {
            throw new LocalCloudException(WithLastLines($"Azurite ended unexpectedly (exit code {_process.ExitCode})"));
        }
    }

    private string WithLastLines(string what)
    {
        lock (_lastLines)
        {
            return $"{what}. Its last lines:{Environment.NewLine}  " + string.Join(Environment.NewLine + "  ", _lastLines);
        }
    }

    [GeneratedRegex(@"^Azurite (?<service>Blob|Queue|Table) service is successfully listening at (?<address>http://\S+)$")]
    private static partial Regex ListeningLine();
}
