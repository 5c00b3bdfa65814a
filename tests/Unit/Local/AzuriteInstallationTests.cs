using ServerlessScale.Local;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Tests.Unit.Local;

/// <summary>What a newcomer reads when something is missing. The programs are fakes in a PATH of their own.</summary>
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
    public async Task Without_node_the_message_says_how_to_install_it()
    {
        var failure = await FailureAsync();

        Assert.StartsWith("Node.js was not found on the PATH.", failure, StringComparison.Ordinal);
        Assert.Contains("apt-get install nodejs npm", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v16.20.2")]
    [InlineData("something else")]
    public async Task A_node_that_is_too_old_or_none_is_named_with_what_it_says(string version)
    {
        OnUnix();
        _path.WriteProgram("node", $"echo '{version}'");

        var failure = await FailureAsync();

        Assert.Contains(Path.Combine(_path.Path, "node"), failure, StringComparison.Ordinal);
        Assert.Contains(version, failure, StringComparison.Ordinal);
        Assert.Contains("Node.js 18 or later", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_npm_the_message_says_that_it_comes_with_node()
    {
        OnUnix();
        _path.WriteProgram("node", "echo v20.1.0");

        Assert.StartsWith("npm, which comes with Node.js, was not found", await FailureAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_registry_is_told_apart_and_npms_last_lines_are_shown()
    {
        OnUnix();
        _path.WriteProgram("node", "echo v20.1.0");
        _path.WriteProgram("npm", "echo 'npm http fetch GET https://packages.invalid/azurite attempt 3 failed' >&2; echo 'npm error code ENOTFOUND' >&2; exit 1");

        var failure = await FailureAsync();

        Assert.StartsWith("npm could not reach its package registry.", failure, StringComparison.Ordinal);
        Assert.EndsWith("npm error code ENOTFOUND", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_failure_of_npm_shows_its_exit_code_and_leaves_nothing_behind()
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
    public async Task An_npm_that_claims_success_without_installing_is_not_believed()
    {
        OnUnix();
        _path.WriteProgram("node", "echo v20.1.0");
        _path.WriteProgram("npm", "exit 0");

        await FailureAsync();

        Assert.Empty(Directory.GetDirectories(_cache.Path));
    }

    [Fact]
    public async Task Several_that_start_at_once_install_once_and_all_find_it()
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

    private static void OnUnix() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the fakes are shell scripts");

    private async Task<string> FailureAsync() =>
        (await Assert.ThrowsAsync<LocalCloudException>(() => AzuriteInstallation.EnsureAsync(
            _cache.Path, progress: null, _path.Path, TestContext.Current.CancellationToken))).Message;
}
