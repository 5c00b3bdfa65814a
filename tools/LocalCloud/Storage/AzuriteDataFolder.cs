using System.Diagnostics;
using System.Globalization;
using System.Text;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Storage;

/// <summary>
/// Azurite's data folder while one LocalCloud has it. Azurite rewrites whole database files from memory, so a second one on the same
/// folder would silently undo the first one's writes.
/// </summary>
internal sealed class AzuriteDataFolder : IAsyncDisposable
{
    private static readonly TimeSpan s_orphanPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_startTimeTolerance = TimeSpan.FromSeconds(2);
    private readonly FileStream _lock;

    private AzuriteDataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
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
    public void RecordUser(Process process)
    {
        _lock.SetLength(0);
        _lock.Write(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime().Ticks}")));
        _lock.Flush(flushToDisk: false);
    }

    public ValueTask DisposeAsync() => _lock.DisposeAsync();

    /// <summary>A killed LocalCloud's Azurite flushes and ends by itself; reading its files before that would lose what it flushes.</summary>
    private async Task WaitForOrphanAsync(CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(_lock, Encoding.ASCII, leaveOpen: true);
        var note = (await reader.ReadToEndAsync(cancellationToken)).Split(' ');
        if (note is not [var idText, var ticksText]
            || !int.TryParse(idText, CultureInfo.InvariantCulture, out var id)
            || !long.TryParse(ticksText, CultureInfo.InvariantCulture, out var ticks))
        {
            return;
        }
        try
        {
            using var orphan = Process.GetProcessById(id);
            // Process ids are reused; a start time tells the same process from a new one.
            if ((orphan.StartTime.ToUniversalTime() - new DateTime(ticks, DateTimeKind.Utc)).Duration() > s_startTimeTolerance)
            {
                return;
            }
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(s_orphanPatience);
            await orphan.WaitForExitAsync(patience.Token);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            // It has ended.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LocalCloudException(
                $"An Azurite of an earlier run (process {id}) still uses the data folder {Path}. End that process and run this again.");
        }
    }
}
