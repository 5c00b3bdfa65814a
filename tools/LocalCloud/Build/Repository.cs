namespace ServerlessScale.Local.Build;

/// <summary>Finds the working tree that LocalCloud runs from.</summary>
public static class Repository
{
    private const string Marker = "ServerlessScale.sln";

    /// <summary>Finds the folder with the solution file, in or above the current folder, or else in or above the folder of this program.</summary>
    /// <exception cref="LocalCloudException">There is no such folder.</exception>
    public static string FindRoot() =>
        FindRoot(Environment.CurrentDirectory)
        ?? FindRoot(AppContext.BaseDirectory)
        ?? throw new LocalCloudException(
            $"No {Marker} was found in {Environment.CurrentDirectory} or above it. Run LocalCloud inside a clone of the repository.");

    /// <summary>Finds the nearest folder with the solution file, in or above <paramref name="start"/>; null when there is none.</summary>
    public static string? FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
            {
                return folder.FullName;
            }
        }
        return null;
    }
}
