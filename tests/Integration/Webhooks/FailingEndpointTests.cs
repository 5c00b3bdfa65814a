using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>Tests the warning about an endpoint that fails for a long time. The clock is fake.</summary>
public sealed class FailingEndpointTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_event_announces_that_an_endpoint_has_failed_for_a_day()
    {
        await using var receiver = await Receiver.StartAsync((_, _) => Task.FromResult(new ReceiverResponse(400)));
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(receiver.Url);
        var since = flows.Time.GetUtcNow();
        await FailAsync(flows, "evt_1");
        flows.Time.Advance(TimeSpan.FromHours(23));
        await FailAsync(flows, "evt_2");
        Assert.Empty(await WarningsAsync(flows));

        flows.Time.Advance(TimeSpan.FromHours(1));
        await FailAsync(flows, "evt_3");
        var warning = Assert.Single(await WarningsAsync(flows));
        flows.Time.Advance(TimeSpan.FromHours(1));
        await FailAsync(flows, "evt_4");

        Assert.Equal(("endpoint.failing", since.AddDays(1)), (warning.Type, warning.Timestamp));
        Assert.Equal(
            (endpoint.Value, since, since.AddDays(5)),
            (warning.Data.GetProperty("id").GetString(), warning.Data.GetProperty("failingSince").GetDateTimeOffset(),
                warning.Data.GetProperty("disableAt").GetDateTimeOffset()));
        Assert.Empty(await WarningsAsync(flows));
        var health = (await flows.EndpointAsync(endpoint)).Health;
        Assert.Equal((since, 400, "HTTP 400"), (health.FailingSince, health.LastFailure!.Status, health.LastFailure.Error));

        async Task FailAsync(WebhookFlows of, string id) => await of.RunAsync(await of.FanOutAsync(endpoint, of.Event(id)));
    }

    [Fact]
    public async Task A_success_ends_the_failures_and_allows_another_warning()
    {
        var status = 400;
        await using var receiver = await Receiver.StartAsync((_, _) => Task.FromResult(new ReceiverResponse(status)));
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(receiver.Url);
        foreach (var id in (string[])["evt_1", "evt_2"])
        {
            await flows.RunAsync(await flows.FanOutAsync(endpoint, flows.Event(id)));
            flows.Time.Advance(TimeSpan.FromDays(1));
        }

        var first = Assert.Single(await WarningsAsync(flows));
        status = 200;
        await flows.RunAsync(await flows.FanOutAsync(endpoint, flows.Event("evt_3")));
        var healthy = (await flows.EndpointAsync(endpoint)).Health;
        status = 400;
        foreach (var id in (string[])["evt_4", "evt_5"])
        {
            await flows.RunAsync(await flows.FanOutAsync(endpoint, flows.Event(id)));
            flows.Time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Null(healthy.FailingSince);
        Assert.Null(healthy.LastFailure);
        Assert.NotEqual(first.Id, Assert.Single(await WarningsAsync(flows)).Id);
    }

    [Fact]
    public async Task A_failing_endpoint_does_not_receive_the_event_about_itself()
    {
        await using var receiver = await Receiver.StartAsync();
        using var flows = new WebhookFlows(azurite);
        var failing = await flows.SubscribeAsync(receiver.Url);
        var other = await flows.SubscribeAsync(receiver.Url);
        var envelope = flows.Event(failing.Value) with { Type = "endpoint.failing" };

        await flows.FanOut.HandleAsync(envelope, Ct);

        Assert.Empty((await flows.Deliveries.ListAsync(failing, null, null, null, 10, Ct)).Deliveries);
        Assert.Single((await flows.Deliveries.ListAsync(other, null, null, null, 10, Ct)).Deliveries);
    }

    private static async Task<IReadOnlyList<EventEnvelope>> WarningsAsync(WebhookFlows flows) =>
        [.. (await flows.TakeAsync(EventQueue.Name)).Select(text => EventEnvelope.TryParse(text, out var envelope) ? envelope : throw new FormatException(text))];
}
