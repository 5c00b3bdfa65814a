using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ServerlessScale.Measurement;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>
/// Removes files from the Linux page cache (posix_fadvise(2), POSIX_FADV_DONTNEED). The next time the app starts, it reads the files from
/// the disk, as it would on a new machine. The system call needs no privileges. Pages mapped by a running process remain in the cache.
/// </summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <exception cref="CommandException">The system is not Linux.</exception>
    public static void RequireSupport()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CommandException("--drop-page-cache works on Linux only.");
        }
    }

    /// <param name="directories">The folders whose files are removed from the cache, including all subfolders.</param>
    /// <exception cref="CommandException">A system call failed.</exception>
    public static void Drop(params IEnumerable<string> directories)
    {
        foreach (var file in directories.SelectMany(directory => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)))
        {
            using var handle = File.OpenHandle(file);
            // The kernel removes a page from the cache only if the page has been written to the disk.
            if (new FileInfo(file) is { IsReadOnly: false } && Flush(handle) != 0)
            {
                throw new CommandException($"{file} cannot be flushed to the disk (errno {Marshal.GetLastPInvokeError()}).");
            }

            if (Advise(handle, 0, 0, DontNeed) is not 0 and var error)
            {
                throw new CommandException($"{file} cannot be dropped from the page cache (errno {error}).");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, nint offset, nint length, int advice);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Flush(SafeFileHandle file);
}

/// <summary>The folder that contains the shared .NET frameworks that both this process and the workers use.</summary>
internal static class SharedFramework
{
    public static string Directory { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", ".."));
}
