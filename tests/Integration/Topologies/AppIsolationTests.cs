using Azure.Storage.Queues;
using ServerlessScale.Local;
using ServerlessScale.Local.Topologies;
using ServerlessScale.Tests.Integration.Catalogue;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Topologies;

/// <summary>Tests that losing an app in the microservices topology affects only that app's paths and queues.</summary>
public sealed class AppIsolationTests : IAsyncLifetime
{
    private LocalCloud _cloud = null!;
    private HttpClient _http = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(new() { Topology = Topology.Microservices, AllowPrivateWebhooks = true }, Ct);
        await KnownProducts.AddAsync(_cloud, Ct);
        _http = _cloud.CreateClient(_cloud.Token());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task Other_paths_and_queues_work_while_one_app_is_down()
    {
        Assert.Equal(["orders", "images", "catalogue", "cart", "webhooks"], _cloud.Apps);
        Assert.Equal(["orders-1", "images-1", "catalogue-1", "cart-1", "webhooks-1"], _cloud.Instances.Select(instance => instance.Name));
        Assert.Equal(["orders", "images", "catalogue", "cart", "webhooks"], await RespondingAppsAsync());

        Assert.True(await _cloud.KillInstanceAsync("images-1"));
        Assert.Equal(["orders", "503", "catalogue", "cart", "webhooks"], await RespondingAppsAsync());

        var jobs = new QueueClient(_cloud.StorageConnectionString, "image-jobs");
        await jobs.CreateIfNotExistsAsync(cancellationToken: Ct);
        await jobs.SendMessageAsync("not a job", Ct);
        await AssertOtherAppsProcessTheirQueuesAsync();
        Assert.Equal(0, (await jobs.PeekMessageAsync(Ct)).Value.DequeueCount);

        Assert.Equal("images-1", await _cloud.StartInstanceAsync("images", Ct));
        Assert.Equal(["orders", "images", "catalogue", "cart", "webhooks"], await RespondingAppsAsync());
        await Eventually.TrueAsync(async () => (await jobs.PeekMessageAsync(Ct)).Value is null, "the restarted app receives the message");
    }

    /// <summary>Places an order. The order's event passes through two queues before it reaches a webhook receiver.</summary>
    private async Task AssertOtherAppsProcessTheirQueuesAsync()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = new WebhookCustomer(_cloud.CreateClient(_cloud.Token(Shop.NewCustomer())));
        await customer.SubscribeAsync(receiver);
        await customer.OrderAsync();
        await receiver.ReceiveAsync(1);
    }

    /// <summary>
    /// Sends a request to each app. For each request, returns the name of the app that responded, or the status code if the edge responded.
    /// </summary>
    private async Task<string[]> RespondingAppsAsync()
    {
        var responding = new List<string>();
        foreach (var path in (string[])["api/orders", "api/images/00000000000000000000000000000000", "api/products/none", "api/cart", "api/webhooks/endpoints"])
        {
            using var response = await _http.GetAsync(path, Ct);
            responding.Add(response.Headers.Contains("X-Instance-Id") ? Shop.AppOf(response) : $"{(int)response.StatusCode}");
        }

        return [.. responding];
    }
}
