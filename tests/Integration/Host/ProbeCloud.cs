using ServerlessScale.Local;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Integration.Host;

/// <summary>A local cloud that runs the probe functions in place of the shop, to test the host by itself.</summary>
public sealed class ProbeCloud : IAsyncLifetime
{
    public LocalCloud Cloud { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>The probe's output in the configuration that this test project was built in.</summary>
    public static string AppDirectory
    {
        get
        {
            var configurationAndFramework = Path.GetRelativePath(
                Path.Combine(Repository.FindRoot(), "tests", "Integration", "bin"), AppContext.BaseDirectory);
            return Path.Combine(Repository.FindRoot(), "tests", "ProbeFunctions", "bin", configurationAndFramework);
        }
    }

    public async ValueTask InitializeAsync()
    {
        Cloud = await LocalCloud.StartAsync(
            new()
            {
                AppDirectory = AppDirectory,
                Settings = new Dictionary<string, string> { ["AzureWebJobs.Disabled.Disabled"] = "true" },
            },
            TestContext.Current.CancellationToken);
        Http = Cloud.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Cloud.DisposeAsync();
    }
}
