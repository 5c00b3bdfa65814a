using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ServerlessScale.Local;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>
/// Makes Linux forget files that it has read (posix_fadvise(2), POSIX_FADV_DONTNEED), so that the next start reads them from the disk, as
/// on a new machine. Needs no rights, and other programs keep theirs: pages that a running process has mapped stay.
/// </summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    public static void DemandSupport()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new LocalCloudException("--drop-page-cache works on Linux only.");
        }
    }

    /// <param name="directories">All files in them and below.</param>
    /// <exception cref="LocalCloudException">The system refused.</exception>
    public static void Forget(params IEnumerable<string> directories)
    {
        foreach (var file in directories.SelectMany(directory => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)))
        {
            using var handle = File.OpenHandle(file);
            // Only pages that are on the disk can be forgotten.
            if (new FileInfo(file) is { IsReadOnly: false } && Flush(handle) != 0)
            {
                throw new LocalCloudException($"{file} cannot be flushed to the disk (errno {Marshal.GetLastPInvokeError()}).");
            }

            if (Advise(handle, 0, 0, DontNeed) is not 0 and var error)
            {
                throw new LocalCloudException($"{file} cannot be dropped from the page cache (errno {error}).");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, nint offset, nint length, int advice);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Flush(SafeFileHandle file);
}
