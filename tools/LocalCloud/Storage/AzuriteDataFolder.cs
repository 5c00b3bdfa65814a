using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Storage;

/// <summary>
/// Azurite's data folder while one LocalCloud has it. Azurite rewrites whole database files from memory, so a second one on the same
/// folder would silently undo the first one's writes.
/// </summary>
internal sealed class AzuriteDataFolder : IAsyncDisposable
{
    /// <summary>Who writes to the folder: process id and start time. A file of its own, since nobody else can read a locked one.</summary>
    private const string UserNote = "azurite.process";

    private static readonly TimeSpan s_orphanPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
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
    public void RecordUser(Process process) =>
        File.WriteAllText(
            System.IO.Path.Combine(Path, UserNote),
            string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime().Ticks}"));

    public ValueTask DisposeAsync() => _lock.DisposeAsync();

    /// <summary>A killed LocalCloud's Azurite flushes and ends by itself; reading its files before that would lose what it flushes.</summary>
    private async Task WaitForOrphanAsync(CancellationToken cancellationToken)
    {
        var noteFile = System.IO.Path.Combine(Path, UserNote);
        if (!File.Exists(noteFile)
            || (await File.ReadAllTextAsync(noteFile, cancellationToken)).Split(' ') is not [var idText, var ticksText]
            || !int.TryParse(idText, CultureInfo.InvariantCulture, out var id)
            || !long.TryParse(ticksText, CultureInfo.InvariantCulture, out var ticks))
        {
            return;
        }
        var started = new DateTime(ticks, DateTimeKind.Utc);
        for (var waited = TimeSpan.Zero; Runs(id, started); waited += s_poll)
        {
            if (waited >= s_orphanPatience)
            {
                throw new LocalCloudException(
                    $"An Azurite of an earlier run (process {id}) still uses the data folder {Path}. End that process and run this again.");
            }
            await Task.Delay(s_poll, cancellationToken);
        }
    }

    private static bool Runs(int id, DateTime started)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            // Process ids are reused; a start time tells the same process from a new one.
            return !process.HasExited
                && (process.StartTime.ToUniversalTime() - started).Duration() <= s_startTimeTolerance
                && !IsZombie(id);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }

    /// <summary>It has ended but nobody has asked for its exit code: in containers, the first process often never does.</summary>
    private static bool IsZombie(int id)
    {
        try
        {
            // proc(5): the state follows the name, which is in parentheses and may hold anything.
            return OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{id}/stat") is var stat
                && stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart().StartsWith("Z");
        }
        catch (IOException)
        {
            return true;
        }
    }
}
