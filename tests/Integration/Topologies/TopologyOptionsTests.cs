using ServerlessScale.Local;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Tests.Integration.Topologies;

public sealed class TopologyOptionsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(20, null)]
    [InlineData(null, 20)]
    public async Task Too_many_instances_for_one_machine_are_rejected(int? instances, int? most)
    {
        var refusal = await Assert.ThrowsAsync<LocalCloudException>(() => LocalCloud.StartAsync(
            new()
            {
                Topology = Topology.Microservices,
                Instances = instances,
                Scale = most is { } max ? new ScaleRange(0, max) : null,
                StorageConnectionString = "UseDevelopmentStorage=true",
            },
            Ct));

        Assert.Contains("5 apps with 20 instances each need 100 instances", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("at most 12 instances per app", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_missing_from_the_capabilities_file_is_rejected()
    {
        var refusal = await Assert.ThrowsAsync<LocalCloudException>(() => LocalCloud.StartAsync(
            new() { Topology = Topology.Microservices, AppDirectory = FunctionHost.ProbeHost.AppDirectory, StorageConnectionString = "UseDevelopmentStorage=true" }, Ct));

        Assert.Contains("capabilities.json does not assign the function", refusal.Message, StringComparison.Ordinal);
    }
}
