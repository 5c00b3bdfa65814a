using ServerlessScale.Local;
using ServerlessScale.Local.Dashboard;

namespace ServerlessScale.Tests.Unit.Local;

/// <summary>Tests the installation of the Aspire dashboard and its error messages with a fake dotnet program on a separate PATH.</summary>
public sealed class DashboardInstallationTests : IDisposable
{
    private const string Platform = "linux-x64";

    private readonly TemporaryFolder _path = new();
    private readonly TemporaryFolder _cache = new();

    public void Dispose()
    {
        _path.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public async Task A_platform_without_a_dashboard_is_reported()
    {
        var failure = await FailureAsync("freebsd-x64");

        Assert.StartsWith("There is no Aspire dashboard for freebsd-x64", failure, StringComparison.Ordinal);
        Assert.EndsWith("Omit --dashboard.", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_NuGet_source_is_reported_in_one_line()
    {
        OnUnix();
        _path.WriteProgram(
            "dotnet", "echo '/a/dashboard.proj : error NU1301: Unable to load the service index for source https://packages.invalid. [/a/dashboard.proj]'; exit 1");

        var failure = await FailureAsync(Platform);

        Assert.Equal(
            "NuGet could not install the Aspire dashboard (error NU1301: Unable to load the service index for source https://packages.invalid.). "
            + "Check the network and the NuGet sources, or omit --dashboard.",
            failure);
        Assert.Empty(Directory.GetDirectories(_cache.Path));
    }

    [Fact]
    public async Task The_package_is_installed_once_and_its_program_is_executable()
    {
        OnUnix();
        var tools = $"packages/aspire.dashboard.sdk.{Platform}/1.0.0/tools";
        _path.WriteProgram("dotnet", $"/bin/mkdir -p {tools}; echo installed >> {Path.Combine(_cache.Path, "calls")}; echo x > {tools}/Aspire.Dashboard");

        var first = await EnsureAsync(Platform);
        var second = await EnsureAsync(Platform);

        Assert.Equal(first, second);
        Assert.True(OperatingSystem.IsWindows() || (File.GetUnixFileMode(first) & UnixFileMode.UserExecute) != 0);
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(_cache.Path, "calls"), TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetDirectories(_cache.Path));
    }

    private static void OnUnix() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The fake program is a shell script.");

    private Task<string> EnsureAsync(string platform) => DashboardInstallation.EnsureAsync(
        _cache.Path, progress: null, _path.Path, platform, TestContext.Current.CancellationToken);

    private async Task<string> FailureAsync(string platform) =>
        (await Assert.ThrowsAsync<LocalCloudException>(() => EnsureAsync(platform))).Message;
}
