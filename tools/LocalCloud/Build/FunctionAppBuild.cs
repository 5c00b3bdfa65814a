using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Build;

/// <summary>Builds the function app of a working tree, and finds its build output.</summary>
public static class FunctionAppBuild
{
    /// <summary>A file that the Functions SDK writes into every build output of a function app.</summary>
    private const string MarkerFile = "worker.config.json";

    /// <summary>Returns the function app's project folder.</summary>
    public static string ProjectFolder(string repositoryRoot) => Path.Combine(repositoryRoot, "src", "Functions");

    /// <summary>Builds the app in the Release configuration.</summary>
    /// <returns>The output folder.</returns>
    /// <exception cref="LocalCloudException">The build failed. The message contains the compiler errors.</exception>
    public static async Task<string> BuildAsync(string repositoryRoot, CancellationToken cancellationToken)
    {
        // The dotnet command sets DOTNET_HOST_PATH to its own path for its child processes.
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
            ?? ExecutableSearch.Find("dotnet")
            ?? throw new LocalCloudException("dotnet was not found on the PATH. Install the .NET 10 SDK, or run with --no-build.");
        var project = ProjectFolder(repositoryRoot);
        var run = await ToolRun.CompleteAsync(
            dotnet,
            // Build servers are disabled, because they would keep running after LocalCloud has ended.
            ["build", project, "--configuration", "Release", "--nologo", "--verbosity", "quiet", "--disable-build-servers", "--tl:off"],
            repositoryRoot,
            onLine: null,
            cancellationToken);
        if (run.ExitCode != 0)
        {
            throw new LocalCloudException(Failure(run, repositoryRoot));
        }
        return NewestOutput(Path.Combine(project, "bin", "Release"))
            ?? throw new LocalCloudException($"{project} was built, but its output has no {MarkerFile}. Is the project still a function app?");
    }

    /// <summary>Finds the output folder of the newest build in any configuration.</summary>
    /// <exception cref="LocalCloudException">The app has not been built yet.</exception>
    public static string FindNewest(string repositoryRoot)
    {
        var output = Path.Combine(ProjectFolder(repositoryRoot), "bin");
        return NewestOutput(output)
            ?? throw new LocalCloudException(
                $"{output} contains no build of the function app. Run once without --no-build, or build it: dotnet build src/Functions -c Release");
    }

    private static string? NewestOutput(string below) =>
        Directory.Exists(below)
            ? Directory.EnumerateFiles(below, MarkerFile, SearchOption.AllDirectories)
                .Where(file => !IsPublishFolder(Path.GetDirectoryName(file)!))
                // The builds are compared by the timestamps of their assemblies, because the marker file has the timestamp of the SDK
                // package.
                .OrderByDescending(file => Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.dll").Max(File.GetLastWriteTimeUtc))
                .Select(file => Path.GetDirectoryName(file))
                .FirstOrDefault()
            : null;

    private static bool IsPublishFolder(string folder) => Path.GetFileName(folder) == "publish";

    private static string Failure(ToolRun run, string repositoryRoot)
    {
        // MSBuild prints each error twice, when it occurs and again in the summary, and appends the project to every line.
        var errors = run.Lines
            .Where(line => line.Contains(": error ", StringComparison.Ordinal))
            .Select(line => line.Trim().Replace(repositoryRoot + Path.DirectorySeparatorChar, "", StringComparison.OrdinalIgnoreCase))
            .Select(line => line.EndsWith(']') && line.LastIndexOf(" [", StringComparison.Ordinal) is > 0 and var at ? line[..at] : line)
            .Distinct()
            .ToList();
        return $"The function app does not build.{Environment.NewLine}  "
            + string.Join(Environment.NewLine + "  ", errors.Count > 0 ? errors : run.Lines.TakeLast(20));
    }
}
