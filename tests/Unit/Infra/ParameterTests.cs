namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>Wrong parameters stop a deployment before it changes anything, and say what is wrong.</summary>
public sealed class ParameterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parameters-");

    /// <summary>A piece of prod.bicepparam, what to put in its place, and what must be said of it.</summary>
    public static TheoryData<string, string, string> Faults => new()
    {
        { "edge = 'premium'", "edge = 'standard'", "Front Door Standard cannot reach apps behind private endpoints; choose premium, or network public." },
        { "edge = 'premium'", "edge = 'basic'", "'none' | 'premium' | 'standard'" },
        { "topology = 'microservices'", "topology = 'monolith'", "scaleOf: topology monolith has no app images, but shop." },
        { "topology = 'microservices'", "topology = 'nanoservices'", "'microservices' | 'monolith'" },
        { "maximumThroughput: 4000", "maximumThroughput: 4500", "autoscale goes in steps of 1,000 request units" },
        { "maximumThroughput: 4000", "maximumThroughput: 400", "1000" },
        { "kind: 'autoscale'", "kind: 'serverless'", "region" },
        { "name: 'northeurope'", "name: location", "a region is named twice" },
        { "'SHOP_NAME', 'shop'", "'NO_SUCH_VARIABLE', 'a-shop'", "name: lower-case letters and digits only." },
        { "readEnvironmentVariable('SHOP_NAME', 'shop')", "'shopoftheworld'", "too long" },
        { "'SHOP_AUTHORITY', 'https:", "'NO_SUCH_VARIABLE', 'http:", "authority: must be an https URL." },
        { "sampledPercent = 10", "sampledPercent = 0", "1" },
        { "instanceMemory: 4096", "instanceMemory: 1024", "512" },
        { "param edge =", "param settings = { Images__MaxByte: '1' }\nparam edge =", "settings: there is no Images__MaxByte; app-settings.json has all that can be set." },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task Wrong_parameters_are_refused_with_the_reason(string right, string wrong, string reason)
    {
        var (exitCode, output) = await TryAsync(right, wrong);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orders_need_a_region()
    {
        var regions = Installation.Text("prod.bicepparam").Split("regions: ")[1].Split(']')[0] + "]";

        var (exitCode, output) = await TryAsync(regions, "[]");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("minimum allowable length is 1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_simplest_installation_needs_neither_edge_nor_database_nor_cache()
    {
        var (exitCode, output) = await TryAsync(
            File("dev.bicepparam"),
            ("edge = 'standard'", "edge = 'none'"),
            ("orders = {\n  kind: 'serverless'\n  region: { name: location, zoneRedundant: false }\n}", "orders = { kind: 'tables' }"));

        Assert.True(exitCode == 0, output);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string File(string name) => Installation.Text(name).ReplaceLineEndings("\n");

    private Task<(int ExitCode, string Output)> TryAsync(string right, string wrong) => TryAsync(File("prod.bicepparam"), (right, wrong));

    private async Task<(int ExitCode, string Output)> TryAsync(string parameters, params (string Old, string New)[] changes)
    {
        foreach (var (old, replacement) in changes)
        {
            Assert.Contains(old, parameters, StringComparison.Ordinal);
            parameters = parameters.Replace(old, replacement, StringComparison.Ordinal);
        }

        var path = Path.Combine(_folder.FullName, "test.bicepparam");
        var template = Path.Combine(Installation.Folder, "main.bicep").Replace('\\', '/');
        await System.IO.File.WriteAllTextAsync(
            path,
            parameters.Replace("'./main.bicep'", $"'{Path.GetRelativePath(_folder.FullName, template).Replace('\\', '/')}'", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        return await BicepCompiler.SnapshotAsync(path, "overwrite", TestContext.Current.CancellationToken);
    }
}
