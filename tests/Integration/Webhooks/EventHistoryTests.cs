using Azure.Core;
using Azure.Data.Tables;
using ServerlessScale.Shared.Webhooks.Events;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>Tests the history of events when messages are duplicated, late or interrupted. The clock is fake.</summary>
public sealed class EventHistoryTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_dispatched_twice_is_in_the_history_once()
    {
        using var flows = new WebhookFlows(azurite);
        var envelope = flows.Event("evt_1", text: "first");

        await flows.FanOut.HandleAsync(envelope, Ct);
        await flows.FanOut.HandleAsync(envelope, Ct);

        var stored = Assert.Single((await ListAsync(flows)).Events);
        Assert.Equal((envelope.Id, envelope.Type, envelope.Timestamp), (stored.Id, stored.Type, stored.Timestamp));
        Assert.Equal(envelope.Data.GetRawText(), stored.Data.GetRawText());
    }

    [Fact]
    public async Task An_event_is_in_the_history_even_if_its_fan_out_is_interrupted()
    {
        var options = new TableClientOptions { Retry = { MaxRetries = 0, Mode = RetryMode.Fixed } };
        var unreachable = new TableServiceClient(
            new Uri("http://127.0.0.1:1/devstoreaccount1"), new TableSharedKeyCredential("devstoreaccount1", Convert.ToBase64String(new byte[32])), options);
        using var interrupted = new WebhookFlows(azurite, tables: unreachable);
        var envelope = interrupted.Event("evt_1");

        await Assert.ThrowsAnyAsync<Exception>(() => interrupted.FanOut.HandleAsync(envelope, Ct));

        Assert.Equal(envelope.Id, Assert.Single((await ListAsync(interrupted)).Events).Id);
    }

    [Fact]
    public async Task The_history_is_sorted_by_event_time_even_if_events_are_dispatched_late()
    {
        using var flows = new WebhookFlows(azurite);
        var start = flows.Time.GetUtcNow();
        foreach (var minutes in (int[])[3, 1, 4, 0, 2])
        {
            await flows.FanOut.HandleAsync(flows.Event($"evt_{minutes}") with { Timestamp = start.AddMinutes(minutes) }, Ct);
        }

        Assert.Equal(["evt_4", "evt_3", "evt_2", "evt_1", "evt_0"], (await ListAsync(flows)).Events.Select(stored => stored.Id));
        Assert.Equal(["evt_4", "evt_3", "evt_2"], (await ListAsync(flows, new EventListQuery { Since = start.AddMinutes(2) })).Events.Select(stored => stored.Id));
    }

    [Fact]
    public async Task Pages_of_filtered_events_contain_every_match_once()
    {
        using var flows = new WebhookFlows(azurite);
        for (var i = 0; i < 12; i++)
        {
            flows.Time.Advance(TimeSpan.FromSeconds(1));
            await flows.FanOut.HandleAsync(flows.Event($"evt_{i}") with { Type = i % 3 == 0 ? "order.updated" : "order.created" }, Ct);
        }

        var query = new EventListQuery { Type = "order.updated", Limit = "2" };
        var found = new List<string>();
        EventListing listing;
        do
        {
            listing = await ListAsync(flows, query);
            Assert.InRange(listing.Events.Count, 0, 2);
            found.AddRange(listing.Events.Select(stored => stored.Id));
            query = query with { Cursor = listing.NextCursor };
        }
        while (listing.NextCursor is not null);

        Assert.Equal(["evt_9", "evt_6", "evt_3", "evt_0"], found);
    }

    [Fact]
    public async Task Events_of_every_customer_are_deleted_after_the_retention_period()
    {
        using var first = new WebhookFlows(azurite);
        using var second = new WebhookFlows(azurite, first.Time);
        foreach (var flows in (WebhookFlows[])[first, second])
        {
            await flows.FanOut.HandleAsync(flows.Event("evt_old"), Ct);
        }

        first.Time.Advance(TimeSpan.FromDays(20));
        await second.FanOut.HandleAsync(second.Event("evt_new"), Ct);
        first.Time.Advance(TimeSpan.FromDays(10) + TimeSpan.FromSeconds(1));
        await first.EventRetention.PruneAsync(Ct);

        Assert.Empty((await ListAsync(first)).Events);
        Assert.Equal("evt_new", Assert.Single((await ListAsync(second)).Events).Id);
        Assert.Null(await second.Events.FindAsync(second.Customer, "evt_old", Ct));
        Assert.NotNull(await second.Events.FindAsync(second.Customer, "evt_new", Ct));
        Assert.Equal(0, await first.EventRetention.PruneAsync(Ct));
    }

    [Fact]
    public async Task A_cursor_whose_event_was_deleted_continues_after_its_position()
    {
        using var flows = new WebhookFlows(azurite);
        await flows.FanOut.HandleAsync(flows.Event("evt_old"), Ct);
        flows.Time.Advance(TimeSpan.FromDays(20));
        await flows.FanOut.HandleAsync(flows.Event("evt_middle"), Ct);
        await flows.FanOut.HandleAsync(flows.Event("evt_new") with { Timestamp = flows.Time.GetUtcNow().AddSeconds(1) }, Ct);
        var cursor = (await ListAsync(flows, new EventListQuery { Limit = "2" })).NextCursor;

        flows.Time.Advance(TimeSpan.FromDays(31));
        await flows.EventRetention.PruneAsync(Ct);
        var rest = await ListAsync(flows, new EventListQuery { Limit = "2", Cursor = cursor });

        Assert.NotNull(cursor);
        Assert.Empty(rest.Events);
        Assert.Null(rest.NextCursor);
    }

    private static async Task<EventListing> ListAsync(WebhookFlows flows, EventListQuery? query = null) =>
        (await flows.EventQueries.ListAsync(flows.Customer, query ?? new EventListQuery(), Ct)).Value!;
}
