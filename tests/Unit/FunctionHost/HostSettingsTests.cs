using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.Tests.Unit.Local;

namespace ServerlessScale.Tests.Unit.FunctionHost;

public sealed class HostSettingsTests : IDisposable
{
    private const string QueueBatchSize = "extensions:queues:batchSize";
    private readonly TemporaryFolder _app = new();

    public HostSettingsTests() => _app.Write("host.json", """
        { "version": "2.0", "functionTimeout": "00:05:00", "extensions": { "queues": { "batchSize": 2, "newBatchThreshold": 1 } } }
        """);

    public void Dispose() => _app.Dispose();

    [Fact]
    public void App_settings_override_single_values_in_host_json()
    {
        var settings = HostSettings.Read(_app.Path, new Dictionary<string, string>
        {
            ["AzureFunctionsJobHost__extensions__queues__batchSize"] = "8",
            ["AzureFunctionsJobHost__functionTimeout"] = "00:00:07",
        });

        Assert.Equal("8", settings.Sections[QueueBatchSize]);
        Assert.Equal("1", settings.Sections["extensions:queues:newBatchThreshold"]);
        Assert.Equal(TimeSpan.FromSeconds(7), settings.FunctionTimeout);
    }

    [Fact]
    public void App_settings_without_the_prefix_do_not_override_host_json()
    {
        var settings = HostSettings.Read(_app.Path, new Dictionary<string, string> { ["extensions__queues__batchSize"] = "8" });

        Assert.Equal("2", settings.Sections[QueueBatchSize]);
    }
}
