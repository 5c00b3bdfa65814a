namespace ServerlessScale.Tests.Unit.Infra;

public sealed class SnapshotTests
{
    public static TheoryData<string> Installations => Installation.All;

    [Theory, MemberData(nameof(Installations))]
    public async Task The_committed_snapshot_matches_the_template(string name)
    {
        var (exitCode, output) = await BicepCompiler.SnapshotAsync(
            Path.Combine(Installation.Folder, $"{name}.bicepparam"), "validate", TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, $"{output}\nIf the change is intended, run: dotnet build infra/bicep.csproj -t:Snapshot");
    }
}
