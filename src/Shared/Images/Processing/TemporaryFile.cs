namespace ServerlessScale.Shared.Images.Processing;

internal static class TemporaryFile
{
    /// <summary>
    /// Creates an empty file that the system deletes when it is closed or the process dies. On Unix the file is unlinked right away; on
    /// Windows it is deleted with its last handle.
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
