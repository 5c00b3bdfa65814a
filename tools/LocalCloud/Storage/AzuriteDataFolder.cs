using System.Diagnostics;
using ServerlessScale.FunctionHost.Workers;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Storage;

/// <summary>
/// Azurite's data folder while one LocalCloud has it. Azurite rewrites whole database files from memory, so a second one on the same
/// folder would silently undo the first one's writes.
/// </summary>
internal sealed class AzuriteDataFolder : IAsyncDisposable
{
    private static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private readonly FileStream _lock;
    private readonly ProcessNote _user;

    private AzuriteDataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;

        // A file of its own, since nobody else can read a locked one.
        _user = new(System.IO.Path.Combine(path, "azurite.process"));
    }

    public string Path { get; }

    /// <exception cref="LocalCloudException">The folder is in use.</exception>
    public static async Task<AzuriteDataFolder> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Directory.CreateDirectory(folder).FullName;
        var held = ExclusiveFile.TryOpen(System.IO.Path.Combine(path, "localcloud.lock"))
            ?? throw new LocalCloudException(
                $"The data folder {path} is in use by another LocalCloud. Stop that one, or give this one a folder of its own with --data.");
        var opened = new AzuriteDataFolder(path, held);
        try
        {
            await opened.WaitForOrphanAsync(cancellationToken);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Notes who writes to the folder, for a LocalCloud that comes after this one was killed.</summary>
    public void RecordUser(Process process) => _user.Write(process);

    public ValueTask DisposeAsync() => _lock.DisposeAsync();

    /// <summary>A killed LocalCloud's Azurite flushes and ends by itself; reading its files before that would lose what it flushes.</summary>
    private async Task WaitForOrphanAsync(CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; _user.FindRunning() is { } orphan; waited += Poll)
        {
            using (orphan)
            {
                if (waited >= OrphanPatience)
                {
                    throw new LocalCloudException(
                        $"An Azurite of an earlier run (process {orphan.Id}) still uses the data folder {Path}. End that process and run this again.");
                }
            }

            await Task.Delay(Poll, cancellationToken);
        }
    }
}
