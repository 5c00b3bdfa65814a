using ServerlessScale.Local;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Unit.Local;

public sealed class FunctionAppBuildTests : IDisposable
{
    private readonly TemporaryFolder _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void A_missing_build_is_reported_with_advice()
    {
        var failure = Assert.Throws<LocalCloudException>(() => FunctionAppBuild.FindNewest(_repository.Path));

        Assert.Contains("without --no-build", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_newest_build_is_found_and_publish_folders_are_skipped()
    {
        Output("Release/net10.0", hoursAgo: 2);
        Output("Debug/net10.0", hoursAgo: 1);
        Output("Release/net10.0/publish", hoursAgo: 0);

        Assert.Equal(
            Path.Combine(FunctionAppBuild.ProjectFolder(_repository.Path), "bin", "Debug", "net10.0"),
            FunctionAppBuild.FindNewest(_repository.Path));
    }

    [Fact]
    public async Task A_failed_build_lists_each_compiler_error_once()
    {
        _repository.Write("src/Functions/Functions.csproj", """
            <Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>
            """);
        _repository.Write("src/Functions/Broken.cs", "class Broken { int x = \"text\"; }");

        var failure = await Assert.ThrowsAsync<LocalCloudException>(
            () => FunctionAppBuild.BuildAsync(_repository.Path, TestContext.Current.CancellationToken));

        Assert.Collection(
            failure.Message.Split(Environment.NewLine),
            line => Assert.Equal("The function app does not build.", line),
            line => Assert.StartsWith($"  {Path.Combine("src", "Functions", "Broken.cs")}(1,24): error CS0029:", line, StringComparison.Ordinal));
    }

    [Fact]
    public void The_repository_root_is_found_only_from_inside_the_repository()
    {
        _repository.Write("ServerlessScale.sln", "");
        var inside = Directory.CreateDirectory(Path.Combine(_repository.Path, "src", "Functions")).FullName;

        Assert.Equal(_repository.Path, Repository.FindRoot(inside));
        Assert.Null(Repository.FindRoot(Path.GetPathRoot(inside)!));
    }

    private void Output(string folder, int hoursAgo)
    {
        _repository.Write($"src/Functions/bin/{folder}/worker.config.json", "{}");
        File.SetLastWriteTimeUtc(
            _repository.Write($"src/Functions/bin/{folder}/App.dll", ""), DateTime.UtcNow - TimeSpan.FromHours(hoursAgo));
    }
}
