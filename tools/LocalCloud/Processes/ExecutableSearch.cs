namespace ServerlessScale.Local.Processes;

/// <summary>Finds programs as a shell would.</summary>
internal static class ExecutableSearch
{
    /// <summary>The full path of the first match for <paramref name="name"/> (without extension) on the search path, or null.</summary>
    /// <param name="searchPath">Folders in the form of the PATH variable; null reads that variable.</param>
    public static string? Find(string name, string? searchPath = null)
    {
        searchPath ??= Environment.GetEnvironmentVariable("PATH") ?? "";
        // npm and func are .cmd files on Windows, node and dotnet are .exe.
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
