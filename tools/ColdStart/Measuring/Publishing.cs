using System.Runtime.InteropServices;
using ServerlessScale.Local;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>Publishes function apps outside of the projects' own output: measuring must not change what is run otherwise.</summary>
/// <param name="repository">The working tree.</param>
/// <param name="progress">Gets lines for people to read.</param>
internal sealed class Publishing(string repository, Action<string> progress)
{
    private readonly string _artifacts = Path.Combine(repository, "artifacts", "cold-start");
    private readonly Dictionary<string, string> _published = [];

    /// <summary>Variants that are built alike share one publish; each gets a copy with its own runtime settings.</summary>
    /// <param name="project">The project's folder.</param>
    /// <param name="variant">How.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    /// <returns>The folder that holds the published app.</returns>
    /// <exception cref="LocalCloudException">It cannot be published; the message shows why.</exception>
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

        return variant.RuntimeSettings.Count == 0 ? published : WithRuntimeSettings(published, variant);
    }

    private async Task BuildAsync(string project, Variant variant, string output, CancellationToken cancellationToken)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        if (Directory.Exists(output))
        {
            // What an earlier version of the app published would be counted as part of this one.
            Directory.Delete(output, recursive: true);
        }

        ForgetOthersMachineCode(project, output);
        var run = await ToolRun.CompleteAsync(
            dotnet,
            [
                "publish", project, "--configuration", "Release",
                .. variant.Portable
                    ? (string[])[]
                    : ["--runtime", RuntimeInformation.RuntimeIdentifier, "--self-contained", variant.Properties.GetValueOrDefault("SelfContained", "false")],
                .. variant.Properties.Where(property => property.Key != "SelfContained").Select(property => $"-p:{property.Key}={property.Value}"),
                "--artifacts-path", _artifacts, "--output", output,
                // Build servers would outlive this process.
                "--nologo", "--verbosity", "quiet", "--disable-build-servers", "--tl:off",
            ],
            repository,
            onLine: null,
            cancellationToken);
        if (run.ExitCode != 0)
        {
            throw new LocalCloudException(
                $"{project} cannot be published.{Environment.NewLine}  " + string.Join(Environment.NewLine + "  ", run.Lines.TakeLast(20)));
        }
    }

    /// <summary>
    /// MSBuild would take another variant's machine code, or that of an earlier project file, for this one's: it looks at the files'
    /// times, not at the compiler's options.
    /// </summary>
    private void ForgetOthersMachineCode(string project, string output)
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

    private static string WithRuntimeSettings(string published, Variant variant)
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
        return copy;
    }
}
