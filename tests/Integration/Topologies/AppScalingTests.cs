using System.Collections.Concurrent;
using ServerlessScale.Local;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Topologies;
using ServerlessScale.Tests.Integration.Catalogue;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Topologies;

/// <summary>
/// Tests microservices that scale from zero. An app starts when it gets requests or messages, and apps without work have no instances.
/// </summary>
public sealed class AppScalingTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<ScaleSample> _samples = new();
    private LocalCloud _cloud = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(
            new()
            {
                Topology = Topology.Microservices,
                Scale = new(0, 2),
                ScaleTargets = new() { Interval = TimeSpan.FromMilliseconds(200) },
                OnScaleSample = _samples.Enqueue,
            },
            Ct);
        await KnownProducts.AddAsync(_cloud, Ct);
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task An_order_request_starts_only_the_apps_that_handle_it()
    {
        Assert.Empty(_cloud.Instances);
        using var customer = new WebhookCustomer(_cloud.CreateClient(_cloud.Token()));

        await customer.OrderAsync();

        await Eventually.TrueAsync(
            () => Task.FromResult(_cloud.Instances.Any(instance => instance.App == "webhooks")), "the event of the order starts the webhooks app");
        Assert.Equal(
            ["orders", "webhooks"],
            _samples.Where(sample => sample.Instances > 0).Select(sample => sample.App).Distinct().Order());
        Assert.Equal(["cart", "catalogue", "images", "orders", "webhooks"], _samples.Select(sample => sample.App).Distinct().Order());
    }
}
