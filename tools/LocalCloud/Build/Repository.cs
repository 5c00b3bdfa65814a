namespace ServerlessScale.Local.Build;

/// <summary>The working tree that LocalCloud runs from.</summary>
public static class Repository
{
    private const string Marker = "ServerlessScale.sln";

    /// <summary>The nearest folder upwards that holds the solution: from the current folder, or else from where LocalCloud was built.</summary>
    /// <exception cref="LocalCloudException">There is none.</exception>
    public static string FindRoot() =>
        FindRoot(Environment.CurrentDirectory)
        ?? FindRoot(AppContext.BaseDirectory)
        ?? throw new LocalCloudException(
            $"No {Marker} was found in {Environment.CurrentDirectory} or above it. Run LocalCloud inside a clone of the repository.");

    /// <summary>The nearest folder from <paramref name="start"/> upwards that holds the solution, or null.</summary>
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
