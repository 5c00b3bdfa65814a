namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>A copy of a parameter file of infra/, in a folder of its own, to be changed and tried.</summary>
internal sealed class ParameterFile(string original) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parameters-");
    private string _text = Installation.Text(original).ReplaceLineEndings("\n");

    public void Change(string old, string replacement)
    {
        Assert.Contains(old, _text, StringComparison.Ordinal);
        _text = _text.Replace(old, replacement, StringComparison.Ordinal);
    }

    /// <summary>Works out what a deployment would make of it.</summary>
    public async Task<(int ExitCode, string Output)> DeployAsync(CancellationToken cancellationToken)
    {
        var template = Path.GetRelativePath(_folder.FullName, Path.Combine(Installation.Folder, "main.bicep")).Replace('\\', '/');
        var path = Path.Combine(_folder.FullName, "test.bicepparam");
        await File.WriteAllTextAsync(path, _text.Replace("'./main.bicep'", $"'{template}'", StringComparison.Ordinal), cancellationToken);
        return await BicepCompiler.SnapshotAsync(path, "overwrite", cancellationToken);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
