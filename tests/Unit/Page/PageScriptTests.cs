using ServerlessScale.Local.Build;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Tests.Unit.Page;

/// <summary>
/// Runs the tests of the shop's page and of the laboratory's page, which are written in TypeScript. The build of the function app has
/// installed their packages.
/// </summary>
public sealed class PageScriptTests
{
    [Fact]
    public async Task The_tests_of_the_pages_pass()
    {
        var node = ExecutableSearch.Find("node") ?? throw new InvalidOperationException("node was not found. The tests of the pages require Node.js 20.19 or later.");
        var web = Path.Combine(Repository.FindRoot(AppContext.BaseDirectory)!, "web");

        var run = await ToolRun.CompleteAsync(
            node, [Path.Combine("node_modules", "vitest", "vitest.mjs"), "run"], web, onLine: null, TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, string.Join(Environment.NewLine, run.Lines));
    }
}
