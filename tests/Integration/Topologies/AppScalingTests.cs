using System.Collections.Concurrent;
using ServerlessScale.Local;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Topologies;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Topologies;

/// <summary>Given an app for each capability, all at zero, when there is work for one, then that one starts and the others stay at zero.</summary>
public sealed class AppScalingTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<ScaleSample> _samples = new();
    private LocalCloud _cloud = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _cloud = await LocalCloud.StartAsync(
            new()
            {
                Topology = Topology.Microservices,
                Scale = new(0, 2),
                ScaleTargets = new() { Interval = TimeSpan.FromMilliseconds(200) },
                OnScaleSample = _samples.Enqueue,
            },
            Ct);

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_request_starts_its_app_and_the_event_that_it_leaves_starts_the_next()
    {
        Assert.Empty(_cloud.Instances);
        using var customer = new WebhookCustomer(_cloud.CreateClient(_cloud.Token()));

        await customer.OrderAsync();

        await Eventually.TrueAsync(
            () => Task.FromResult(_cloud.Instances.Any(instance => instance.App == "webhooks")), "the order's event starts the app that dispatches events");
        Assert.Equal(
            ["orders", "webhooks"],
            _samples.Where(sample => sample.Instances > 0).Select(sample => sample.App).Distinct().Order());
        Assert.Equal(["cart", "images", "orders", "webhooks"], _samples.Select(sample => sample.App).Distinct().Order());
    }
}
