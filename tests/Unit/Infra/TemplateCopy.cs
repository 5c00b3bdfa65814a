namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>A temporary copy of infra/ that a test can change and compile.</summary>
internal sealed class TemplateCopy : IDisposable
{
    private static readonly string[] Parts = ["modules", "queries"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("infra-");

    public TemplateCopy()
    {
        Copy(Installation.Folder, _folder.FullName);
        foreach (var part in Parts)
        {
            Copy(Path.Combine(Installation.Folder, part), _folder.CreateSubdirectory(part).FullName);
        }
    }

    public void Change(string file, string old, string replacement)
    {
        var path = Path.Combine(_folder.FullName, file);
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(old, replacement, StringComparison.Ordinal));
    }

    /// <summary>Evaluates a parameter file as a deployment would.</summary>
    public Task<(int ExitCode, string Output)> DeployAsync(string parameters, CancellationToken cancellationToken) =>
        BicepCompiler.SnapshotAsync(Path.Combine(_folder.FullName, parameters), "overwrite", cancellationToken);

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
