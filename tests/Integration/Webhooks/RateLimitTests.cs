using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>Tests the rate limit of an endpoint. The clock is fake, and the tests move the messages through the queue.</summary>
public sealed class RateLimitTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_wait_in_the_queue_for_times_at_the_limited_rate()
    {
        await using var receiver = await Receiver.StartAsync();
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(receiver.Url, rateLimit: 30);
        var start = flows.Time.GetUtcNow();
        var ids = new List<DeliveryId>();
        for (var i = 0; i < 4; i++)
        {
            ids.Add(await flows.FanOutAsync(endpoint, flows.Event($"evt_{i}")));
            await flows.RunAsync(ids[i]);
        }

        // 30 attempts per minute are one attempt every two seconds.
        Assert.Equal("evt_0", Assert.Single(receiver.Requests).Id);
        Assert.Equal(start.AddSeconds(8), (await flows.EndpointAsync(endpoint)).NextSlot);

        var second = new DeliveryMessage(flows.Customer, ids[1].Value, Round: 1, Attempt: 1, Deferrals: 0, Reserved: start.AddSeconds(2));
        flows.Time.Advance(TimeSpan.FromSeconds(1));
        await flows.Dispatch.RunAsync(second, ids[1], Ct);
        Assert.Single(receiver.Requests);
        flows.Time.Advance(TimeSpan.FromSeconds(1));
        await flows.Dispatch.RunAsync(second, ids[1], Ct);

        Assert.Equal(["evt_0", "evt_1"], receiver.Requests.Select(request => request.Id));
        Assert.Equal(start.AddSeconds(8), (await flows.EndpointAsync(endpoint)).NextSlot);
    }

    [Fact]
    public async Task Instances_that_ask_at_the_same_time_reserve_different_times()
    {
        using var flows = new WebhookFlows(azurite);
        var stored = await flows.EndpointAsync(await flows.SubscribeAsync(new Uri("http://127.0.0.1:1/"), rateLimit: 60));
        var start = flows.Time.GetUtcNow();

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new AttemptPacing(flows.Endpoints, flows.Time).AskAsync(stored, null, Ct)));

        var reserved = results.Where(result => result.Reserved is not null).Select(result => result.Reserved!.Value).Order().ToArray();
        Assert.Equal(Enumerable.Range(0, reserved.Length).Select(second => start.AddSeconds(second)), reserved);
        Assert.Equal(start.AddSeconds(reserved.Length), (await flows.EndpointAsync(stored.Id)).NextSlot);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(4, false)]
    public async Task A_reserved_time_is_kept(int secondsAfter, bool waits)
    {
        using var flows = new WebhookFlows(azurite);
        var stored = await flows.EndpointAsync(await flows.SubscribeAsync(new Uri("http://127.0.0.1:1/"), rateLimit: 1));
        var reserved = flows.Time.GetUtcNow().AddSeconds(-secondsAfter);

        var result = await new AttemptPacing(flows.Endpoints, flows.Time).AskAsync(stored, reserved, Ct);

        Assert.Equal((reserved, waits), (result.Reserved, result.Wait > TimeSpan.Zero));
        Assert.Null((await flows.EndpointAsync(stored.Id)).NextSlot);
    }

    [Fact]
    public async Task A_message_that_missed_its_time_reserves_another_time()
    {
        using var flows = new WebhookFlows(azurite);
        var id = await flows.SubscribeAsync(new Uri("http://127.0.0.1:1/"), rateLimit: 6);
        var pacing = new AttemptPacing(flows.Endpoints, flows.Time);
        var late = flows.Time.GetUtcNow() - TimeSpan.FromSeconds(5);

        var first = await pacing.AskAsync(await flows.EndpointAsync(id), late, Ct);
        var second = await pacing.AskAsync(await flows.EndpointAsync(id), late, Ct);

        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(10)), (first.Wait, second.Wait));
    }

    [Fact]
    public async Task An_endpoint_without_a_limit_reserves_nothing()
    {
        await using var receiver = await Receiver.StartAsync();
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(receiver.Url, rateLimit: 0);

        foreach (var i in (int[])[1, 2, 3])
        {
            var id = await flows.FanOutAsync(endpoint, flows.Event($"evt_{i}"));
            await flows.RunAsync(id);
            Assert.Equal(DeliveryStatus.Delivered, (await flows.DeliveryAsync(id)).Status);
        }

        Assert.Null((await flows.EndpointAsync(endpoint)).NextSlot);
    }
}
