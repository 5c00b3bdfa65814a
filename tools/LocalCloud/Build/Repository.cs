namespace ServerlessScale.Local.Build;

/// <summary>Finds the working tree that LocalCloud runs from.</summary>
public static class Repository
{
    private const string Marker = "ServerlessScale.sln";

    /// <summary>
    /// Finds the folder with the solution file. The search begins in the current folder and its parents, and continues in this program's
    /// folder and its parents.
    /// </summary>
    /// <exception cref="LocalCloudException">No folder with the solution file was found.</exception>
    public static string FindRoot() =>
        FindRoot(Environment.CurrentDirectory)
        ?? FindRoot(AppContext.BaseDirectory)
        ?? throw new LocalCloudException(
            $"No {Marker} was found in {Environment.CurrentDirectory} or above it. Run LocalCloud inside a clone of the repository.");

    /// <summary>Returns the nearest folder with the solution file in or above <paramref name="start"/>; null if there is none.</summary>
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
