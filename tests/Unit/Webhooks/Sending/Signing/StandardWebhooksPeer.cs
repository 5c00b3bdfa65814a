using System.Security.Cryptography;
using System.Text.Json;
using ServerlessScale.Local.Processes;
using ServerlessScale.Local.Storage;
using ServerlessScale.Tests.Unit.Local;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending.Signing;

/// <summary>
/// Runs the reference implementation of Standard Webhooks in a Node.js process. npm installs the implementation from a pinned lock file
/// once per user, in the cache folder where LocalCloud also installs Azurite.
/// </summary>
public sealed class StandardWebhooksPeer : IAsyncLifetime
{
    private const string Needed = "The signature tests require Node.js 20 or later and npm on the PATH.";

    private static readonly string[] Files = ["package.json", "package-lock.json", "verify.mjs"];

    private static readonly string Pinned = Path.Combine(AppContext.BaseDirectory, "Webhooks", "Sending", "Signing", "standardwebhooks");

    private string _folder = "";

    public static string Node => ExecutableSearch.Find("node") ?? throw new InvalidOperationException($"node was not found. {Needed}");

    public async ValueTask InitializeAsync()
    {
        var content = Files.SelectMany(file => File.ReadAllBytes(Path.Combine(Pinned, file))).ToArray();
        _folder = Path.Combine(
            AzuriteInstallation.DefaultCacheRoot, $"standardwebhooks-{Convert.ToHexStringLower(SHA256.HashData(content))[..12]}");
        Directory.CreateDirectory(AzuriteInstallation.DefaultCacheRoot);
        await using var exclusive = await ExclusiveFile.WaitAsync(_folder + ".lock", () => { }, CancellationToken.None);
        if (!Directory.Exists(_folder))
        {
            await InstallAsync();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Returns, for each delivery, whether its signature is valid.</summary>
    internal async Task<bool[]> VerifyAsync(params SignedDelivery[] deliveries)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("deliveries.json", JsonSerializer.Serialize(deliveries, SignedDelivery.Json));
        var run = await ToolRun.CompleteAsync(
            Node, [Path.Combine(_folder, "verify.mjs"), file], _folder, onLine: null, TestContext.Current.CancellationToken);
        return run is { ExitCode: 0, Lines: [.., var last] }
            ? JsonSerializer.Deserialize<bool[]>(last)!
            : throw new InvalidOperationException(string.Join(Environment.NewLine, run.Lines));
    }

    private async Task InstallAsync()
    {
        var npm = ExecutableSearch.Find("npm") ?? throw new InvalidOperationException($"npm was not found. {Needed}");
        var part = Directory.CreateDirectory($"{_folder}.part-{Guid.NewGuid():N}").FullName;
        foreach (var file in Files)
        {
            File.Copy(Path.Combine(Pinned, file), Path.Combine(part, file));
        }

        var run = await ToolRun.CompleteAsync(
            npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"], part, onLine: null, CancellationToken.None);
        if (run.ExitCode != 0)
        {
            Directory.Delete(part, recursive: true);
            throw new InvalidOperationException(
                $"npm could not install standardwebhooks (exit code {run.ExitCode}):{Environment.NewLine}{string.Join(Environment.NewLine, run.Lines)}");
        }

        Directory.Move(part, _folder);
    }
}
