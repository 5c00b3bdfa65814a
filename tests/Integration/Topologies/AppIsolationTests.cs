using Azure.Storage.Queues;
using ServerlessScale.Local;
using ServerlessScale.Local.Topologies;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Topologies;

/// <summary>Given an app for each capability, when one of them is lost, then its paths and its queues stand still and nothing else does.</summary>
public sealed class AppIsolationTests : IAsyncLifetime
{
    private LocalCloud _cloud = null!;
    private HttpClient _http = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(new() { Topology = Topology.Microservices, AllowPrivateWebhooks = true }, Ct);
        _http = _cloud.CreateClient(_cloud.Token());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task A_dead_app_takes_down_its_own_paths_only_and_its_messages_wait_for_it()
    {
        Assert.Equal(["orders", "images", "cart", "webhooks"], _cloud.Apps);
        Assert.Equal(["orders-1", "images-1", "cart-1", "webhooks-1"], _cloud.Instances.Select(instance => instance.Name));
        Assert.Equal(["orders", "images", "cart", "webhooks"], await AnswersAsync());

        Assert.True(await _cloud.KillInstanceAsync("images-1"));
        Assert.Equal(["orders", "503", "cart", "webhooks"], await AnswersAsync());

        var jobs = new QueueClient(_cloud.StorageConnectionString, "image-jobs");
        await jobs.CreateIfNotExistsAsync(cancellationToken: Ct);
        await jobs.SendMessageAsync("no job at all", Ct);
        await AssertOthersWorkOffTheirQueuesAsync();
        Assert.Equal(0, (await jobs.PeekMessageAsync(Ct)).Value.DequeueCount);

        Assert.Equal("images-1", await _cloud.StartInstanceAsync("images", Ct));
        Assert.Equal(["orders", "images", "cart", "webhooks"], await AnswersAsync());
        await Eventually.TrueAsync(async () => (await jobs.PeekMessageAsync(Ct)).Value is null, "the app that is back takes the message");
    }

    /// <summary>An order's event goes through two queues on its way to a receiver.</summary>
    private async Task AssertOthersWorkOffTheirQueuesAsync()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = new WebhookCustomer(_cloud.CreateClient(_cloud.Token(Shop.NewCustomer())));
        await customer.SubscribeAsync(receiver);
        await customer.OrderAsync();
        await receiver.ReceiveAsync(1);
    }

    /// <summary>For each app what answers a read of its own: the app's name, or the status where no instance has answered.</summary>
    private async Task<string[]> AnswersAsync()
    {
        var answers = new List<string>();
        foreach (var path in (string[])["api/orders", "api/images/00000000000000000000000000000000", "api/cart", "api/webhooks/endpoints"])
        {
            using var answer = await _http.GetAsync(path, Ct);
            answers.Add(answer.Headers.Contains("X-Instance-Id") ? Shop.AppOf(answer) : $"{(int)answer.StatusCode}");
        }

        return [.. answers];
    }
}
