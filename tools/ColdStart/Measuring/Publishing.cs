using System.Runtime.InteropServices;
using ServerlessScale.Local.Processes;
using ServerlessScale.Measurement;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>
/// Publishes function apps to separate folders, so that a measurement does not change the build output that other commands use.
/// </summary>
/// <param name="repository">The root of the working tree.</param>
/// <param name="progress">Receives a line that describes the current work.</param>
internal sealed class Publishing(string repository, Action<string> progress)
{
    private readonly string _artifacts = Path.Combine(repository, "artifacts", "cold-start");
    private readonly Dictionary<string, string> _published = [];

    /// <summary>
    /// Publishes a project. Variants with the same build properties are published only once. A variant that changes the published files has
    /// its own copy.
    /// </summary>
    /// <param name="project">The project's folder.</param>
    /// <param name="variant">The variant to publish.</param>
    /// <param name="cancellationToken">Stops the build.</param>
    /// <returns>The folder that contains the published app.</returns>
    /// <exception cref="CommandException">The build failed. The message contains the last lines of its output.</exception>
    public async Task<string> PublishAsync(string project, Variant variant, CancellationToken cancellationToken)
    {
        string[] flavour =
        [
            Path.GetFileName(project),
            variant.Portable ? "portable" : RuntimeInformation.RuntimeIdentifier,
            .. variant.Properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => $"{property.Key}={property.Value}"),
        ];
        var key = string.Join(' ', flavour);
        if (!_published.TryGetValue(key, out var published))
        {
            published = Path.Combine(_artifacts, "published", FolderName(key));
            progress($"Publishing {key}.");
            await BuildAsync(project, variant, published, cancellationToken);
            _published[key] = published;
        }

        return variant is { RuntimeSettings.Count: 0, RemovedFiles.Count: 0 } ? published : Changed(published, variant);
    }

    private async Task BuildAsync(string project, Variant variant, string output, CancellationToken cancellationToken)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        if (Directory.Exists(output))
        {
            // The package size must not include files from an earlier version of the app.
            Directory.Delete(output, recursive: true);
        }

        DeleteOtherMachineCode(project, output);
        var run = await ToolRun.CompleteAsync(
            dotnet,
            [
                "publish", project, "--configuration", "Release",
                .. variant.Portable
                    ? (string[])["-p:PortablePackage=true"]
                    : ["--runtime", RuntimeInformation.RuntimeIdentifier, "--self-contained", variant.Properties.GetValueOrDefault("SelfContained", "false")],
                .. variant.Properties.Where(property => property.Key != "SelfContained").Select(property => $"-p:{property.Key}={property.Value}"),
                "--artifacts-path", _artifacts, "--output", output,
                // Build servers would otherwise keep running after this process has ended.
                "--nologo", "--verbosity", "quiet", "--disable-build-servers", "--tl:off",
            ],
            repository,
            onLine: null,
            cancellationToken);
        if (run.ExitCode != 0)
        {
            throw new CommandException(
                $"{project} cannot be published.{Environment.NewLine}  " + string.Join(Environment.NewLine + "  ", run.Lines.TakeLast(20)));
        }
    }

    /// <summary>
    /// Deletes ReadyToRun code that was compiled for another variant or with an earlier version of the project file. MSBuild would reuse
    /// such code, because it compares file times but not compiler options.
    /// </summary>
    private void DeleteOtherMachineCode(string project, string output)
    {
        var objects = Directory.CreateDirectory(Path.Combine(_artifacts, "obj", Path.GetFileName(project)));
        var mark = new FileInfo(Path.Combine(objects.FullName, "machine-code-of.txt"));
        var owner = output + Environment.NewLine
            + string.Concat(Directory.EnumerateFiles(project, "*.csproj").Select(File.ReadAllText));
        if (mark.Exists && File.ReadAllText(mark.FullName) == owner)
        {
            return;
        }

        foreach (var compiled in objects.EnumerateDirectories("R2R", SearchOption.AllDirectories))
        {
            compiled.Delete(recursive: true);
        }

        File.WriteAllText(mark.FullName, owner);
    }

    private static string FolderName(string text) => string.Concat(text.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));

    private static string Changed(string published, Variant variant)
    {
        var copy = $"{published}.{FolderName(variant.Name)}";
        if (Directory.Exists(copy))
        {
            Directory.Delete(copy, recursive: true);
        }

        foreach (var file in Directory.EnumerateFiles(published, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(published, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        RuntimeConfiguration.Change(copy, variant.RuntimeSettings);
        foreach (var removed in variant.RemovedFiles)
        {
            File.Delete(Path.Combine(copy, removed));
        }

        return copy;
    }
}
