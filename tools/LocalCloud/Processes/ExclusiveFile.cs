namespace ServerlessScale.Local.Processes;

/// <summary>
/// A file that one process at a time may hold open, which makes it a lock that the operating system gives back when its holder dies.
/// </summary>
internal static class ExclusiveFile
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Opens the file for nobody else, or returns null when somebody else has it. Disposing the stream lets it go.</summary>
    public static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (failure is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    /// <summary>Waits for as long as somebody else has the file.</summary>
    /// <param name="onWaiting">Called once, if there is a wait.</param>
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
}
