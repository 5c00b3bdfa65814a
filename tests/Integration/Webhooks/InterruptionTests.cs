using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Ordering;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>Tests deliveries whose messages are duplicated, late or early. The clock is fake.</summary>
public sealed class InterruptionTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static readonly Uri Nobody = new("http://127.0.0.1:1/webhooks");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_fanned_out_twice_is_delivered_once()
    {
        await using var receiver = await Receiver.StartAsync();
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(receiver.Url);
        var envelope = flows.Event("evt_1");

        var id = await flows.FanOutAsync(endpoint, envelope);
        await flows.RunAsync(id);
        Assert.Equal(id, await flows.FanOutAsync(endpoint, envelope));
        await flows.RunAsync(id);

        Assert.Single(receiver.Requests);
        Assert.Single((await flows.Deliveries.ListAsync(endpoint, null, null, null, 10, Ct)).Deliveries);
        Assert.Equal(DeliveryStatus.Delivered, (await flows.DeliveryAsync(id)).Status);
    }

    [Fact]
    public async Task A_duplicate_delivery_message_does_not_cause_a_second_attempt()
    {
        await using var receiver = await Receiver.StartAsync((_, _) => Task.FromResult(new ReceiverResponse(500)));
        using var flows = new WebhookFlows(azurite);
        var id = await flows.FanOutAsync(await flows.SubscribeAsync(receiver.Url), flows.Event("evt_1"));

        await flows.RunAsync(id, attempt: 1);
        await flows.RunAsync(id, attempt: 1);
        await flows.RunAsync(id, attempt: 2);

        Assert.Equal(2, receiver.Requests.Count);
        Assert.Equal(2, (await flows.DeliveryAsync(id)).RoundAttempts);
    }

    [Fact]
    public async Task A_late_message_for_an_earlier_attempt_is_ignored()
    {
        await using var receiver = await Receiver.StartAsync();
        using var flows = new WebhookFlows(azurite);
        var id = await flows.FanOutAsync(await flows.SubscribeAsync(receiver.Url), flows.Event("evt_1"));

        await flows.RunAsync(id, attempt: 2);
        await flows.RunAsync(id, attempt: 1);

        Assert.Single(receiver.Requests);
        Assert.Equal(DeliveryStatus.Delivered, (await flows.DeliveryAsync(id)).Status);
    }

    [Fact]
    public async Task The_largest_possible_event_is_delivered_unchanged()
    {
        await using var receiver = await Receiver.StartAsync();
        using var flows = new WebhookFlows(azurite);
        var text = new string('x', 63 * 1024);
        var envelope = flows.Event("evt_1", text: text);
        await new EventQueue(azurite.Queues).SendAsync(envelope, Ct);

        await flows.RunAsync(await flows.FanOutAsync(await flows.SubscribeAsync(receiver.Url), envelope));

        Assert.Equal(text, Assert.Single(receiver.Requests).Data.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Recorded_responses_full_of_control_characters_fit_in_a_table_row()
    {
        await using var receiver = await Receiver.StartAsync((_, _) => Task.FromResult(new ReceiverResponse(400, new string('\u0001', 1024))));
        using var flows = new WebhookFlows(azurite);
        var id = await flows.FanOutAsync(await flows.SubscribeAsync(receiver.Url), flows.Event("evt_1"));

        for (var round = 1; round <= 3; round++)
        {
            for (var attempt = 1; attempt <= 8; attempt++)
            {
                await flows.RunAsync(id, round, attempt);
            }
        }

        var delivery = await flows.DeliveryAsync(id);
        Assert.Equal((3, 8, 24), (delivery.Round, delivery.RoundAttempts, receiver.Requests.Count));
        Assert.InRange(delivery.Attempts.Count, 5, 20);
        Assert.All(delivery.Attempts, attempt => Assert.Equal(1024, attempt.Response!.Length));
    }

    [Fact]
    public async Task A_delivery_fails_after_ten_attempts_and_can_be_replayed()
    {
        await using var receiver = await Receiver.StartAsync((_, _) => Task.FromResult(new ReceiverResponse(400)));
        using var flows = new WebhookFlows(azurite);
        var id = await flows.FanOutAsync(await flows.SubscribeAsync(receiver.Url), flows.Event("evt_1"));

        await flows.RunAsync(id, attempt: 10);
        var failed = await flows.DeliveryAsync(id);
        await flows.RunAsync(id, round: 2, attempt: 1);
        var replayed = await flows.DeliveryAsync(id);

        Assert.Equal((DeliveryStatus.Failed, null), (failed.Status, failed.NextAttemptAt));
        Assert.Contains("HTTP 400", failed.Reason, StringComparison.Ordinal);
        Assert.Equal((DeliveryStatus.Pending, 2, 1), (replayed.Status, replayed.Round, replayed.RoundAttempts));
        Assert.NotNull(replayed.NextAttemptAt);
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_five_days_is_disabled_once()
    {
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(Nobody);
        var first = await flows.FanOutAsync(endpoint, flows.Event("evt_1"));
        await flows.RunAsync(first);
        var failing = (await flows.EndpointAsync(endpoint)).Health.FailingSince;
        flows.Time.Advance(TimeSpan.FromDays(5));
        var second = await flows.FanOutAsync(endpoint, flows.Event("evt_2"));
        await flows.TakeAsync(EventQueue.Name);

        await flows.RunAsync(first, attempt: 2);
        await flows.RunAsync(second);

        var disabled = (await flows.EndpointAsync(endpoint)).Endpoint;
        Assert.NotNull(failing);
        Assert.Equal((EndpointStatus.Disabled, true), (disabled.Status, disabled.Disabled?.Announced));
        Assert.Contains("endpoint.disabled", Assert.Single(await flows.TakeAsync(EventQueue.Name)), StringComparison.Ordinal);
        Assert.Equal((DeliveryStatus.Failed, 2), ((await flows.DeliveryAsync(first)).Status, (await flows.DeliveryAsync(first)).Attempts.Count));
        Assert.Equal((DeliveryStatus.Failed, 0), ((await flows.DeliveryAsync(second)).Status, (await flows.DeliveryAsync(second)).Attempts.Count));
    }

    [Fact]
    public async Task Disabling_an_endpoint_succeeds_after_four_write_conflicts()
    {
        var races = new LostRaces(4);
        var options = new TableClientOptions();
        options.AddPolicy(races, HttpPipelinePosition.PerCall);
        using var flows = new WebhookFlows(azurite, tables: new TableServiceClient(azurite.ConnectionString, options));
        var endpoint = await flows.SubscribeAsync(Nobody);
        var stored = await flows.EndpointAsync(endpoint);
        await flows.TakeAsync(EventQueue.Name);

        races.Begin();
        await flows.Disabling.DisableAsync(stored, DisableReason.Gone, Ct);

        var disabled = (await flows.EndpointAsync(endpoint)).Endpoint;
        Assert.Equal((EndpointStatus.Disabled, true), (disabled.Status, disabled.Disabled?.Announced));
        Assert.Single(await flows.TakeAsync(EventQueue.Name));
        Assert.Equal(0, races.Left);
    }

    [Fact]
    public async Task A_successful_delivery_resets_the_endpoints_health()
    {
        var status = 500;
        await using var receiver = await Receiver.StartAsync((_, _) => Task.FromResult(new ReceiverResponse(Volatile.Read(ref status))));
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(receiver.Url);
        var id = await flows.FanOutAsync(endpoint, flows.Event("evt_1"));
        await flows.RunAsync(id);
        Volatile.Write(ref status, 200);
        await flows.RunAsync(id, attempt: 2);

        Assert.Equal(EndpointHealth.Good, (await flows.EndpointAsync(endpoint)).Health);
    }

    [Fact]
    public async Task A_successful_probe_closes_the_circuit_breaker()
    {
        var status = 500;
        await using var receiver = await Receiver.StartAsync((_, _) => Task.FromResult(new ReceiverResponse(Volatile.Read(ref status))));
        using var flows = new WebhookFlows(azurite, options: new WebhookOptions { BreakerThreshold = 3 });
        using var otherInstance = new WebhookFlows(azurite, flows.Time, new WebhookOptions { BreakerThreshold = 3 });
        var endpoint = await flows.SubscribeAsync(receiver.Url);
        var ids = new List<DeliveryId>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add(await flows.FanOutAsync(endpoint, flows.Event($"evt_{i}")));
        }

        foreach (var id in ids[..3])
        {
            await flows.RunAsync(id);
        }

        await otherInstance.Dispatch.RunAsync(DeliveryMessage.First(flows.Customer, ids[3], 1), ids[3], Ct);
        Assert.Equal(3, receiver.Requests.Count);
        Assert.Empty((await flows.DeliveryAsync(ids[3])).Attempts);

        // The breaker is half open. The failed probe opens it again for a longer time.
        flows.Time.Advance(TimeSpan.FromSeconds(10));
        await flows.RunAsync(ids[3]);
        flows.Time.Advance(TimeSpan.FromSeconds(10));
        await flows.RunAsync(ids[4]);
        Assert.Equal(4, receiver.Requests.Count);

        Volatile.Write(ref status, 200);
        flows.Time.Advance(TimeSpan.FromSeconds(10));
        await flows.RunAsync(ids[4]);
        await otherInstance.Dispatch.RunAsync(DeliveryMessage.First(flows.Customer, ids[5], 1), ids[5], Ct);
        Assert.Equal(6, receiver.Requests.Count);
        Assert.Equal(EndpointHealth.Good, (await flows.EndpointAsync(endpoint)).Health);
    }

    [Fact]
    public async Task Responses_that_reject_the_payload_do_not_open_the_circuit_breaker()
    {
        await using var receiver = await Receiver.StartAsync((_, _) => Task.FromResult(new ReceiverResponse(422)));
        using var flows = new WebhookFlows(azurite, options: new WebhookOptions { BreakerThreshold = 1 });
        var endpoint = await flows.SubscribeAsync(receiver.Url);
        await flows.RunAsync(await flows.FanOutAsync(endpoint, flows.Event("evt_1")));
        await flows.RunAsync(await flows.FanOutAsync(endpoint, flows.Event("evt_2")));

        Assert.Equal(2, receiver.Requests.Count);
        Assert.Null((await flows.EndpointAsync(endpoint)).Health.OpenUntil);
        Assert.NotNull((await flows.EndpointAsync(endpoint)).Health.FailingSince);
    }

    [Fact]
    public async Task A_slow_delivery_attempt_continues_after_requeuing_its_message()
    {
        var release = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async (_, _) =>
        {
            await release.Task;
            return ReceiverResponse.Ok;
        });
        using var flows = new WebhookFlows(azurite);
        var id = await flows.FanOutAsync(await flows.SubscribeAsync(receiver.Url), flows.Event("evt_1"));
        var before = await flows.MessagesAsync(DeliveryQueue.Name);

        await flows.RunAsync(id);
        var during = await flows.DeliveryAsync(id);
        var copies = await flows.MessagesAsync(DeliveryQueue.Name) - before;
        release.SetResult();
        await Eventually.TrueAsync(async () => (await flows.DeliveryAsync(id)).Status == DeliveryStatus.Delivered, "the outcome of the delivery is stored");
        await flows.RunAsync(id);

        Assert.Equal((DeliveryStatus.Pending, 1), (during.Status, copies));
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task An_ordered_event_waits_ten_minutes_for_a_missing_predecessor()
    {
        await using var receiver = await Receiver.StartAsync();
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(receiver.Url, ordered: true);
        flows.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await flows.FanOutAsync(endpoint, flows.Event("evt_2", new EventPosition("ord_1", 2, flows.Time.GetUtcNow())));

        await flows.RunAsync(second);
        Assert.Empty(receiver.Requests);

        flows.Time.Advance(DeliveryDispatch.MissingWait);
        await flows.RunAsync(second);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_permanently_failed_event_does_not_block_its_successor()
    {
        await using var receiver = await Receiver.StartAsync((request, _) => Task.FromResult(request.Id == "evt_1" ? new ReceiverResponse(400) : ReceiverResponse.Ok));
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(receiver.Url, ordered: true);
        flows.Time.Advance(TimeSpan.FromSeconds(1));
        var first = await flows.FanOutAsync(endpoint, flows.Event("evt_1", new EventPosition("ord_1", 1, null)));
        var second = await flows.FanOutAsync(endpoint, flows.Event("evt_2", new EventPosition("ord_1", 2, flows.Time.GetUtcNow())));

        await flows.RunAsync(first);
        await flows.RunAsync(second);
        Assert.Equal(["evt_1"], receiver.Requests.Select(request => request.Id));

        await flows.RunAsync(first, attempt: 10);
        await flows.RunAsync(second);
        Assert.Equal(["evt_1", "evt_1", "evt_2"], receiver.Requests.Select(request => request.Id));
    }

    [Fact]
    public async Task An_ordered_event_waits_five_days_for_a_pending_predecessor()
    {
        await using var receiver = await Receiver.StartAsync();
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(receiver.Url, ordered: true);
        await flows.Ordering.EnterAsync(endpoint, new EventPosition("ord_1", 1, null), flows.Time.GetUtcNow(), Ct);
        var second = await flows.FanOutAsync(endpoint, flows.Event("evt_2", new EventPosition("ord_1", 2, flows.Time.GetUtcNow())));

        flows.Time.Advance(TimeSpan.FromDays(4));
        await flows.RunAsync(second);
        Assert.Empty(receiver.Requests);

        flows.Time.Advance(TimeSpan.FromDays(1));
        await flows.RunAsync(second);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_repeated_message_for_a_finished_delivery_unblocks_its_successor()
    {
        await using var receiver = await Receiver.StartAsync();
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(receiver.Url, ordered: true);
        var first = await flows.FanOutAsync(endpoint, flows.Event("evt_1", new EventPosition("ord_1", 1, null)));
        var stored = (await flows.Deliveries.FindAsync(first, Ct))!;
        Assert.True(await flows.Deliveries.TryReplaceAsync(stored, stored.Delivery.Deliver(), Ct));
        var second = new EventPosition("ord_1", 2, flows.Time.GetUtcNow());

        var before = await flows.Ordering.TurnOfAsync(endpoint, second, Ct);
        await flows.RunAsync(first);

        Assert.Equal((OrderingTurn.AfterPending, OrderingTurn.Now), (before, await flows.Ordering.TurnOfAsync(endpoint, second, Ct)));
    }

    [Fact]
    public async Task A_recovery_replays_each_failed_delivery_once()
    {
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(Nobody);
        var since = flows.Time.GetUtcNow();
        for (var i = 0; i < 130; i++)
        {
            flows.Time.Advance(TimeSpan.FromMilliseconds(10));
            await AddAsync(flows, endpoint, flows.Event($"evt_{i}"), i % 2 == 0 ? DeliveryStatus.Failed : DeliveryStatus.Delivered);
            await AddAsync(flows, endpoint, flows.Event($"evt_also_{i}"), DeliveryStatus.Failed);
        }

        Assert.True((await flows.Replay.StartRecoveryAsync(flows.Customer, endpoint.Value, since, Ct)).Succeeded(out _, out _));
        var pages = 0;
        while (await flows.TakeAsync(RecoveryQueue.Name) is [var text])
        {
            Assert.True(RecoveryMessage.TryParse(text, out var message, out var id));
            await flows.Replay.RunRecoveryPageAsync(message, id, Ct);
            pages++;
        }

        var messages = await flows.TakeAsync(DeliveryQueue.Name);
        Assert.Equal((2, 195), (pages, messages.Distinct().Count()));
        Assert.Equal(195, messages.Count);
    }

    [Fact]
    public async Task A_listing_by_status_contains_each_matching_delivery_exactly_once()
    {
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(Nobody);
        for (var i = 0; i < 25; i++)
        {
            flows.Time.Advance(TimeSpan.FromMilliseconds(10));
            await AddAsync(flows, endpoint, flows.Event($"evt_{i:00}"), i % 3 == 0 ? DeliveryStatus.Failed : DeliveryStatus.Delivered);
        }

        var (failed, pages) = (new List<string>(), 0);
        DeliveryId? after = null;
        do
        {
            var page = await flows.Deliveries.ListAsync(endpoint, after, since: null, DeliveryStatus.Failed, limit: 4, Ct);
            failed.AddRange(page.Deliveries.Select(stored => stored.Delivery.EventId));
            after = page.Next;
            pages++;
        }
        while (after is not null);

        Assert.Equal(["evt_24", "evt_21", "evt_18", "evt_15", "evt_12", "evt_09", "evt_06", "evt_03", "evt_00"], failed);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task Deliveries_are_deleted_after_thirty_days_or_with_their_endpoint()
    {
        using var flows = new WebhookFlows(azurite);
        var (kept, deleted) = (await flows.SubscribeAsync(Nobody), await flows.SubscribeAsync(Nobody));
        var old = flows.Event("evt_old");
        await AddAsync(flows, kept, old, DeliveryStatus.Delivered);
        flows.Time.Advance(TimeSpan.FromDays(29));
        var young = flows.Event("evt_young");
        await AddAsync(flows, kept, young, DeliveryStatus.Delivered);
        await AddAsync(flows, deleted, young, DeliveryStatus.Delivered);
        await flows.DeleteAsync(deleted);
        flows.Time.Advance(TimeSpan.FromDays(2));

        await flows.Retention.PruneAsync(Ct);

        Assert.Equal([young.Id], (await flows.Deliveries.ListAsync(kept, null, null, null, 10, Ct)).Deliveries.Select(stored => stored.Delivery.EventId));
        Assert.Empty((await flows.Deliveries.ListAsync(deleted, null, null, null, 10, Ct)).Deliveries);
        var rows = azurite.Tables.GetTableClient("WebhookEndpoints").QueryAsync<TableEntity>(row => row.RowKey == deleted.Value, cancellationToken: Ct);
        Assert.Empty(await rows.ToArrayAsync(Ct));
    }

    [Fact]
    public async Task A_delivery_to_a_deleted_endpoint_cannot_be_replayed()
    {
        using var flows = new WebhookFlows(azurite);
        var endpoint = await flows.SubscribeAsync(Nobody);
        var id = await flows.FanOutAsync(endpoint, flows.Event("evt_1"));
        await flows.DeleteAsync(endpoint);

        await flows.RunAsync(id);

        Assert.Equal("delivery-not-found", Code((await flows.Replay.ReplayAsync(flows.Customer, id.Value, Operation.Unrecorded(flows.Time), Ct)).Problem));
        Assert.Empty((await flows.DeliveryAsync(id)).Attempts);
    }

    /// <summary>Replaces the ETag in conditional writes, so that they fail as if another writer had changed the row.</summary>
    private sealed class LostRaces(int count) : HttpPipelineSynchronousPolicy
    {
        private bool _begun;

        public int Left { get; private set; } = count;

        public void Begin() => _begun = true;

        public override void OnSendingRequest(HttpMessage message)
        {
            if (_begun && Left > 0 && message.Request.Headers.Contains("If-Match"))
            {
                Left--;
                message.Request.Headers.SetValue("If-Match", "W/\"datetime'2000-01-01T00%3A00%3A00.0000000Z'\"");
            }
        }
    }

    private static string? Code(Problem? problem) => problem?.Code;

    private static async Task AddAsync(WebhookFlows flows, EndpointId endpoint, EventEnvelope envelope, DeliveryStatus status)
    {
        var delivery = new Delivery
        {
            CustomerId = flows.Customer,
            EventId = envelope.Id,
            EventType = envelope.Type,
            CreatedAt = flows.Time.GetUtcNow(),
            Status = status,
        };
        Assert.True(await flows.Deliveries.TryAddAsync(DeliveryId.Of(endpoint, envelope.Id, envelope.Timestamp), delivery, [], Ct));
    }
}
