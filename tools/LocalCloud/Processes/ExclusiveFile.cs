namespace ServerlessScale.Local.Processes;

/// <summary>
/// A lock between processes, implemented as a file that only one process at a time can open. The operating system releases the lock when
/// the process that holds it ends.
/// </summary>
internal static class ExclusiveFile
{
    private const int SharingViolation = unchecked((int)0x80070020);

    /// <summary>EWOULDBLOCK, the error of flock(2) for a file that is already locked.</summary>
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Acquires the lock, or returns null if another process holds it. Disposing the returned stream releases the lock.</summary>
    public static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (IsHeld(failure.HResult))
        {
            return null;
        }
    }

    /// <summary>Waits until no other process holds the lock, and then acquires it.</summary>
    /// <param name="path">The path of the lock file, which is created if it is missing.</param>
    /// <param name="onWaiting">Called once if the lock is not free on the first attempt.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async Task<FileStream> WaitAsync(string path, Action onWaiting, CancellationToken cancellationToken)
    {
        for (var first = true; ; first = false)
        {
            if (TryOpen(path) is { } held)
            {
                return held;
            }
            if (first)
            {
                onWaiting();
            }
            await Task.Delay(Poll, cancellationToken);
        }
    }

    /// <summary>
    /// Recognises the error of a file that another process holds. Other errors, such as a full disk, would never end the wait for a lock.
    /// </summary>
    private static bool IsHeld(int code) => code is SharingViolation or WouldBlockOnLinux or WouldBlockOnMac;
}
