namespace ServerlessScale.Shared.Images.Storage;

internal static class TemporaryFile
{
    /// <summary>
    /// An empty file for reading and writing that is gone when it is closed, or when the process dies: it has no name on Unix, and
    /// Windows deletes it with its last handle.
    /// </summary>
    internal static FileStream Create()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.Asynchronous | (OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None),
        });
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }

        return file;
    }
}
