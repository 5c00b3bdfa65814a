using ServerlessScale.Local;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Tests.Unit.Local;

/// <summary>Tests the installation of Azurite and its error messages with fake node and npm programs on a separate PATH.</summary>
public sealed class AzuriteInstallationTests : IDisposable
{
    private readonly TemporaryFolder _path = new();
    private readonly TemporaryFolder _cache = new();

    public void Dispose()
    {
        _path.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public async Task A_missing_Node_js_is_reported_with_installation_advice()
    {
        var failure = await FailureAsync();

        Assert.StartsWith("Node.js was not found on the PATH.", failure, StringComparison.Ordinal);
        Assert.Contains("apt-get install nodejs npm", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v16.20.2")]
    [InlineData("something else")]
    public async Task An_unsuitable_Node_js_is_reported_with_its_path_and_version(string version)
    {
        OnUnix();
        _path.WriteProgram("node", $"echo '{version}'");

        var failure = await FailureAsync();

        Assert.Contains(Path.Combine(_path.Path, "node"), failure, StringComparison.Ordinal);
        Assert.Contains(version, failure, StringComparison.Ordinal);
        Assert.Contains("Node.js 18 or later", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_npm_is_reported()
    {
        OnUnix();
        _path.WriteProgram("node", "echo v20.1.0");

        Assert.StartsWith("npm, which comes with Node.js, was not found", await FailureAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_npm_registry_is_reported_with_npms_error()
    {
        OnUnix();
        _path.WriteProgram("node", "echo v20.1.0");
        _path.WriteProgram("npm", "echo 'npm http fetch GET https://packages.invalid/azurite attempt 3 failed' >&2; echo 'npm error code ENOTFOUND' >&2; exit 1");

        var failure = await FailureAsync();

        Assert.StartsWith("npm could not reach its package registry.", failure, StringComparison.Ordinal);
        Assert.EndsWith("npm error code ENOTFOUND", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_Azurite_installation_is_reported_and_removed()
    {
        OnUnix();
        _path.WriteProgram("node", "echo v20.1.0");
        _path.WriteProgram("npm", "echo 'npm error code EINTEGRITY' >&2; exit 7");

        var failure = await FailureAsync();

        Assert.Contains("exit code 7", failure, StringComparison.Ordinal);
        Assert.Contains("EINTEGRITY", failure, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_cache.Path));
    }

    [Fact]
    public async Task An_installation_fails_if_npm_succeeds_without_installing_Azurite()
    {
        OnUnix();
        _path.WriteProgram("node", "echo v20.1.0");
        _path.WriteProgram("npm", "exit 0");

        await FailureAsync();

        Assert.Empty(Directory.GetDirectories(_cache.Path));
    }

    [Fact]
    public async Task Concurrent_starts_install_Azurite_once()
    {
        OnUnix();
        _path.WriteProgram("node", "echo v20.1.0");
        _path.WriteProgram("npm", $"""
            /bin/echo run >> '{_cache.Path}/npm-runs'
            /bin/mkdir -p node_modules/azurite/dist/src && : > node_modules/azurite/dist/src/azurite.js
            """);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AzuriteInstallation.EnsureAsync(
            _cache.Path, progress: null, _path.Path, TestContext.Current.CancellationToken)));

        Assert.Single(File.ReadAllLines(Path.Combine(_cache.Path, "npm-runs")));
        Assert.Single(Directory.GetDirectories(_cache.Path));
    }

    private static void OnUnix() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The fake programs are shell scripts.");

    private async Task<string> FailureAsync() =>
        (await Assert.ThrowsAsync<LocalCloudException>(() => AzuriteInstallation.EnsureAsync(
            _cache.Path, progress: null, _path.Path, TestContext.Current.CancellationToken))).Message;
}
