using System.Diagnostics;
using ServerlessScale.FunctionHost.Workers;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Storage;

/// <summary>
/// An Azurite data folder that is locked for exclusive use. Azurite rewrites its entire database files from memory, so a second Azurite
/// process in the same folder would silently undo the writes of the first process.
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

        // The process id is not recorded in the lock file, because other processes cannot read a locked file.
        _user = new(System.IO.Path.Combine(path, "azurite.process"));
    }

    public string Path { get; }

    /// <summary>Creates the folder if it is missing, and locks it.</summary>
    /// <exception cref="LocalCloudException">The folder is in use.</exception>
    public static async Task<AzuriteDataFolder> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Directory.CreateDirectory(folder).FullName;
        var held = ExclusiveFile.TryOpen(System.IO.Path.Combine(path, "localcloud.lock"))
            ?? throw new LocalCloudException(
                $"The data folder {path} is in use by another LocalCloud. Stop the other LocalCloud, or use another folder with --data.");
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

    /// <summary>
    /// Records the process that writes to the folder. If this LocalCloud is killed, the next LocalCloud waits until that process has ended.
    /// </summary>
    public void RecordUser(Process process) => _user.Write(process);

    public ValueTask DisposeAsync() => _lock.DisposeAsync();

    /// <summary>
    /// Waits until the Azurite process that a killed LocalCloud left behind has flushed its data and ended. If a new process opened the
    /// files before that, the data that the old process has not flushed yet would be lost.
    /// </summary>
    private async Task WaitForOrphanAsync(CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; _user.FindRunning() is { } orphan; waited += Poll)
        {
            using (orphan)
            {
                if (waited >= OrphanPatience)
                {
                    throw new LocalCloudException(
                        $"An Azurite process from an earlier run (process id {orphan.Id}) is still using the data folder {Path}. End that process and run this command again.");
                }
            }

            await Task.Delay(Poll, cancellationToken);
        }
    }
}
