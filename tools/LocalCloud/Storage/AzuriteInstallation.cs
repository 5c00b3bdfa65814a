using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Storage;

/// <summary>
/// An installation of Azurite, Microsoft's storage emulator, which npm installs from a lock file with pinned versions. There is one
/// installation per user and lock file. All LocalCloud and test processes of the user share it.
/// </summary>
public sealed class AzuriteInstallation
{
    /// <summary>The minimum major version of Node.js.</summary>
    private const int OldestNode = 18;

    private const string NodeAdvice =
        $"LocalCloud needs Node.js 18 or later for Azurite, the storage emulator. Install it ("
        + "Debian and Ubuntu: apt-get install nodejs npm; macOS: brew install node; Windows: winget install OpenJS.NodeJS.LTS; "
        + "others: nodejs.org), open a new terminal and run this command again.";

    /// <summary>
    /// The folder that contains package.json, package-lock.json and run-azurite.cjs. The build copies these files to LocalCloud's output.
    /// </summary>
    private static readonly string Pinned = Path.Combine(AppContext.BaseDirectory, "Storage", "azurite");

    private AzuriteInstallation(string node, string folder)
    {
        NodePath = node;
        AzuriteScript = MainScript(folder);
    }

    /// <summary>The default folder for installations. If the folder has been deleted, Azurite is installed again.</summary>
    public static string DefaultCacheRoot { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create) is { Length: > 0 } local
            ? local
            : Path.GetTempPath(),
        "serverlessscale");

    internal string NodePath { get; }

    internal string AzuriteScript { get; }

    internal static string RunScript => Path.Combine(Pinned, "run-azurite.cjs");

    /// <summary>Finds the installation for the lock file, or creates it.</summary>
    /// <param name="cacheRoot">The folder that contains installations.</param>
    /// <param name="progress">Called on any thread with human-readable progress messages.</param>
    /// <param name="searchPath">The folders to search for node and npm; null for the PATH variable.</param>
    /// <param name="cancellationToken">Cancels the installation.</param>
    /// <exception cref="LocalCloudException">Node.js or npm is missing, Node.js is too old, or npm could not install Azurite.</exception>
    public static async Task<AzuriteInstallation> EnsureAsync(
        string cacheRoot, Action<string>? progress = null, string? searchPath = null, CancellationToken cancellationToken = default)
    {
        var node = await FindNodeAsync(searchPath, cancellationToken);
        var lockFile = Path.Combine(Pinned, "package-lock.json");
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(lockFile, cancellationToken)))[..12];
        var folder = Path.Combine(Path.GetFullPath(cacheRoot), $"azurite-{hash}");
        if (!File.Exists(MainScript(folder)))
        {
            Directory.CreateDirectory(cacheRoot);
            // Several test processes may start at the same time. One process installs Azurite, and the other processes wait.
            await using var exclusive = await ExclusiveFile.WaitAsync(
                folder + ".lock", () => progress?.Invoke("Waiting for another process that is installing Azurite."), cancellationToken);
            if (!File.Exists(MainScript(folder)))
            {
                await InstallAsync(folder, progress, searchPath, cancellationToken);
            }
        }
        return new AzuriteInstallation(node, folder);
    }

    private static string MainScript(string folder) =>
        Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js");

    private static async Task<string> FindNodeAsync(string? searchPath, CancellationToken cancellationToken)
    {
        var node = ExecutableSearch.Find("node", searchPath)
            ?? throw new LocalCloudException($"Node.js was not found on the PATH. {NodeAdvice}");
        ToolRun run;
        try
        {
            run = await ToolRun.CompleteAsync(node, ["--version"], Path.GetTempPath(), onLine: null, cancellationToken);
        }
        catch (Win32Exception failure)
        {
            throw new LocalCloudException($"{node} cannot be started: {failure.Message}. {NodeAdvice}", failure);
        }
        var version = run.Lines is [var first, ..] ? first.Trim() : "nothing";
        return Version.TryParse(version.TrimStart('v'), out var parsed) && parsed.Major >= OldestNode
            ? node
            : throw new LocalCloudException(
                $"{node} reports version {version}, which is too old or not a version of Node.js. {NodeAdvice}");
    }

    private static async Task InstallAsync(
        string folder, Action<string>? progress, string? searchPath, CancellationToken cancellationToken)
    {
        var npm = ExecutableSearch.Find("npm", searchPath)
            ?? throw new LocalCloudException($"npm, which comes with Node.js, was not found on the PATH. {NodeAdvice}");

        // Remove incomplete installations whose processes were killed. No other process writes to these folders while this process holds
        // the lock.
        foreach (var abandoned in Directory.EnumerateDirectories(Path.GetDirectoryName(folder)!, Path.GetFileName(folder) + ".part-*"))
        {
            Directory.Delete(abandoned, recursive: true);
        }
        var part = Directory.CreateDirectory($"{folder}.part-{Guid.NewGuid():N}").FullName;
        foreach (var name in (string[])["package.json", "package-lock.json"])
        {
            File.Copy(Path.Combine(Pinned, name), Path.Combine(part, name));
        }

        progress?.Invoke("Installing Azurite with npm. This happens only once and needs about 190 MB of disk space.");
        var packages = File.ReadLines(Path.Combine(part, "package-lock.json"))
            .Count(line => line.Contains("\"integrity\":", StringComparison.Ordinal));
        var fetched = 0;
        ToolRun run;
        try
        {
            run = await ToolRun.CompleteAsync(
                npm,
                // Install scripts are disabled, because Azurite needs none, and a malicious package could use them to run code. With the log
                // level "http", npm prints each download.
                ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=http",
                 "--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=10000"],
                part,
                line =>
                {
                    if (IsDownload(line) && ++fetched % 100 == 0)
                    {
                        progress?.Invoke(string.Create(CultureInfo.InvariantCulture, $"  {fetched} of {packages} packages"));
                    }
                },
                cancellationToken);
        }
        catch (OperationCanceledException)
        {
            DeleteIncomplete(part);
            throw;
        }

        if (run.ExitCode != 0 || !File.Exists(MainScript(part)))
        {
            Directory.Delete(part, recursive: true);
            throw new LocalCloudException(InstallFailure(run));
        }
        Directory.Move(part, folder);
        progress?.Invoke($"Azurite is installed in {folder}.");
    }

    /// <summary>Deletes an incomplete installation. If npm still holds one of its files, the next installation deletes the folder.</summary>
    private static void DeleteIncomplete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next installation deletes the folder.
        }
    }

    private static bool IsDownload(string npmLine) =>
        npmLine.Contains(" http ", StringComparison.Ordinal) && npmLine.Contains(".tgz", StringComparison.Ordinal);

    private static string InstallFailure(ToolRun run)
    {
        string[] unreachable = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT"];
        var telling = run.Lines
            .Where(line => !line.Contains(" http ", StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(line))
            .TakeLast(12)
            .ToArray();
        var cause = unreachable.Any(code => telling.Any(line => line.Contains(code, StringComparison.Ordinal)))
            ? "npm could not reach its package registry. Check the network and proxy settings, and that `npm ping` succeeds"
            : $"npm could not install Azurite (exit code {run.ExitCode})";
        return $"{cause}; then run this command again. npm's last lines:{Environment.NewLine}  "
            + string.Join(Environment.NewLine + "  ", telling);
    }
}
