namespace ServerlessScale.Shared.Images.Processing;

internal static class TemporaryFile
{
    /// <summary>
    /// Creates an empty file that the operating system deletes when the file is closed or the process ends. On Unix, the file is unlinked
    /// immediately. On Windows, it is deleted when its last handle is closed.
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
