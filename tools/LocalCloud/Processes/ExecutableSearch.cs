namespace ServerlessScale.Local.Processes;

/// <summary>Finds programs on the search path, as a shell does.</summary>
internal static class ExecutableSearch
{
    /// <returns>The full path of the first program with this name; null if there is none.</returns>
    /// <param name="name">The name of the program without an extension.</param>
    /// <param name="searchPath">The folders to search, in the format of the PATH variable; null for the PATH variable itself.</param>
    public static string? Find(string name, string? searchPath = null)
    {
        searchPath ??= Environment.GetEnvironmentVariable("PATH") ?? "";
        // On Windows, node and dotnet are .exe files; npm and func are .cmd files.
        string[] extensions = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];
        return searchPath
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany(folder => extensions.Select(extension => Path.Combine(folder, name + extension)))
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
