using System.Globalization;

namespace ServerlessScale.Local.Storage;

/// <summary>The folder that contains everything that persists between runs of LocalCloud.</summary>
internal static class DataFolder
{
    /// <summary>The size of the test file. A smaller file could fit into a file system that is full for any useful purpose.</summary>
    private const int TestBytes = 4096;

    /// <summary>The file that contains the version of the folder's layout.</summary>
    private const string VersionFile = "layout-version";

    /// <summary>The layout that this code reads and writes. A change that earlier code cannot read must increase the version.</summary>
    private const int Version = 1;

    private const int NoSpaceOnUnix = 28;
    private const int NoSpaceOnWindows = unchecked((int)0x80070070);

    /// <summary>
    /// Creates the folder if it is missing, tests that files can be written into it, and refuses a folder of a newer LocalCloud.
    /// </summary>
    /// <exception cref="LocalCloudException">The folder cannot be used. The message says why.</exception>
    public static void Prepare(string path)
    {
        var test = Path.Combine(path, $"write-test-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(path);
            using (var file = new FileStream(
                test, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose))
            {
                file.Write(new byte[TestBytes]);
                file.Flush(flushToDisk: true);
            }

            CheckVersion(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, failure);
        }
    }

    private static void CheckVersion(string path)
    {
        var file = Path.Combine(path, VersionFile);
        if (!File.Exists(file))
        {
            File.WriteAllText(file, Version.ToString(CultureInfo.InvariantCulture));
        }
        else if (!int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var version) || version > Version)
        {
            throw new LocalCloudException(
                $"The data folder {path} was written by a newer version of LocalCloud. Use that version, or another folder with --data DIR.");
        }
    }

    /// <summary>Returns an exception that says why files in the folder cannot be read or written.</summary>
    public static LocalCloudException Unusable(string path, Exception failure) => failure switch
    {
        _ when File.Exists(path) => new($"The data folder {path} is a file. Use a folder with --data DIR.", failure),
        { HResult: NoSpaceOnUnix or NoSpaceOnWindows } => new(
            $"There is no space left on the disk of the data folder {path}. Free some space, or use another folder with --data DIR.",
            failure),
        _ => new(
            $"The data folder {path} cannot be used: {failure.Message.TrimEnd('.')}. "
            + "Change its permissions, or use another folder with --data DIR.",
            failure),
    };
}
