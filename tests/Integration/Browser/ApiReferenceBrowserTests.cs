using ServerlessScale.Local.Processes;
using ServerlessScale.Tests.Integration.Edge;

namespace ServerlessScale.Tests.Integration.Browser;

/// <summary>Opens the API reference in Chromium, through the edge and with the real worker.</summary>
public sealed class ApiReferenceBrowserTests(EdgeCloud cloud) : IClassFixture<EdgeCloud>
{
    [Fact]
    public async Task The_API_reference_shows_the_operations_under_its_policy()
    {
        var chromium = ExecutableSearch.Find("chromium") ?? ExecutableSearch.Find("google-chrome");
        Assert.SkipWhen(chromium is null, "Chromium is not installed. Install it to run this test, on Debian with: apt-get install chromium");
        var profile = Directory.CreateTempSubdirectory("chromium-").FullName;
        try
        {
            var run = await ToolRun.CompleteAsync(
                chromium!,
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", $"--user-data-dir={profile}",
                    "--window-size=1400,1000", "--enable-logging=stderr", "--virtual-time-budget=30000", "--dump-dom", new Uri(cloud.Cloud.BaseAddress, "/api/docs").ToString(),
                ],
                profile,
                onLine: null,
                TestContext.Current.CancellationToken);

            var page = string.Join('\n', run.Lines);
            Assert.Contains("ServerlessScale shop", page, StringComparison.Ordinal);
            Assert.Contains("/api/cart/checkout", page, StringComparison.Ordinal);
            // Chromium logs each violation of the policy on standard error.
            Assert.DoesNotContain("Content Security Policy", page, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }
}
