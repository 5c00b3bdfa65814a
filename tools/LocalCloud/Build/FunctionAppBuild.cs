using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Build;

/// <summary>The function app's build output, which the worker process runs from.</summary>
public static class FunctionAppBuild
{
    /// <summary>The Functions SDK writes it into every output; the host reads from it how to start the worker.</summary>
    private const string OutputMark = "worker.config.json";

    /// <summary>The function app's project folder.</summary>
    public static string ProjectFolder(string repositoryRoot) => Path.Combine(repositoryRoot, "src", "Functions");

    /// <summary>Builds the app in Release.</summary>
    /// <returns>The output folder.</returns>
    /// <exception cref="LocalCloudException">It does not build; the message shows the compiler's errors.</exception>
    public static async Task<string> BuildAsync(string repositoryRoot, CancellationToken cancellationToken)
    {
        // DOTNET_HOST_PATH is the dotnet that runs this process, when one does.
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
            ?? ExecutableSearch.Find("dotnet")
            ?? throw new LocalCloudException("dotnet was not found on the PATH. Install the .NET 10 SDK, or run with --no-build.");
        var project = ProjectFolder(repositoryRoot);
        var run = await ToolRun.CompleteAsync(
            dotnet,
            // Build servers would outlive LocalCloud, which stops everything it starts.
            ["build", project, "--configuration", "Release", "--nologo", "--verbosity", "quiet", "--disable-build-servers", "--tl:off"],
            repositoryRoot,
            onLine: null,
            cancellationToken);
        if (run.ExitCode != 0)
        {
            throw new LocalCloudException(Failure(run, repositoryRoot));
        }
        return NewestOutput(Path.Combine(project, "bin", "Release"))
            ?? throw new LocalCloudException($"{project} was built, but no {OutputMark} is in its output. Is it still a function app?");
    }

    /// <summary>The output of the newest build, in whichever configuration it was.</summary>
    /// <exception cref="LocalCloudException">There was no build yet.</exception>
    public static string FindNewest(string repositoryRoot)
    {
        var output = Path.Combine(ProjectFolder(repositoryRoot), "bin");
        return NewestOutput(output)
            ?? throw new LocalCloudException(
                $"No build of the function app is below {output}. Run once without --no-build, or build it: dotnet build src/Functions -c Release");
    }

    private static string? NewestOutput(string below) =>
        Directory.Exists(below)
            ? Directory.EnumerateFiles(below, OutputMark, SearchOption.AllDirectories)
                .Where(file => !IsPublishFolder(Path.GetDirectoryName(file)!))
                // Its own file keeps the SDK package's time; the folder's assemblies are what a build writes.
                .OrderByDescending(file => Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.dll").Max(File.GetLastWriteTimeUtc))
                .Select(file => Path.GetDirectoryName(file))
                .FirstOrDefault()
            : null;

    private static bool IsPublishFolder(string folder) => Path.GetFileName(folder) == "publish";

    private static string Failure(ToolRun run, string repositoryRoot)
    {
        // MSBuild says each error twice (as it happens, and in its summary) and appends the project to every line.
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
