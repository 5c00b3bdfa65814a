using ServerlessScale.FunctionHost;
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

    [Theory]
    [InlineData("AzureFunctionsJobHost__extensions__queues__batchSize", "33", "from 1 to 32")]
    [InlineData("AzureFunctionsJobHost__extensions__queues__batchSize", "0", "from 1 to 32")]
    [InlineData("AzureFunctionsJobHost__extensions__queues__newBatchThreshold", "-1", "from 0")]
    [InlineData("AzureFunctionsJobHost__extensions__queues__maxDequeueCount", "0", "from 1")]
    [InlineData("AzureFunctionsJobHost__extensions__queues__maxPollingInterval", "00:00:00.099", "at least 00:00:00.100")]
    [InlineData("AzureFunctionsJobHost__extensions__queues__visibilityTimeout", "8.00:00:00", "at most 7.00:00:00")]
    [InlineData("AzureFunctionsJobHost__extensions__queues__messageEncoding", "utf8", "none or base64")]
    [InlineData("AzureFunctionsJobHost__functionTimeout", "soon", "hh:mm:ss")]
    [InlineData("AzureFunctionsJobHost__version", "1.0", "\"2.0\"")]
    public void A_wrong_host_setting_is_refused_with_its_range(string setting, string value, string range)
    {
        var failure = Assert.Throws<FunctionHostException>(
            () => HostSettings.Read(_app.Path, new Dictionary<string, string> { [setting] = value }));

        Assert.Contains(setting, failure.Message, StringComparison.Ordinal);
        Assert.Contains(range, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_json_without_a_version_is_refused()
    {
        _app.Write("host.json", "{}");

        var failure = Assert.Throws<FunctionHostException>(() => HostSettings.Read(_app.Path, new Dictionary<string, string>()));

        Assert.Contains("version is missing", failure.Message, StringComparison.Ordinal);
    }
}
