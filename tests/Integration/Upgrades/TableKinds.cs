using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Cart.Stores;
using ServerlessScale.Shared.Catalogue.Stores;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Sealing;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Events;
using ServerlessScale.Shared.Webhooks.Ordering;
using ServerlessScale.Tests.Integration.Orders;

namespace ServerlessScale.Tests.Integration.Upgrades;

/// <summary>The rows in the tables, written and read by the stores.</summary>
internal sealed class TableKinds(TableServiceClient tables)
{
    private static readonly byte[] Payload = WebhookPayload.Of(Samples.Event);
    private static readonly StoredResponse Response = new(201, new Dictionary<string, string> { ["Location"] = "/x" }, [1, 2, 3]);

    private readonly RawTables _raw = new(tables);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public IEnumerable<StoredKind> All =>
    [
        Of("table-orders", new { Samples.Order, Key = Samples.OrderKey, Samples.Event, Months = (string[])["2026-11"] }, WriteOrderAsync, ReadOrderAsync, "Orders"),
        Of(
            "table-products", Samples.Product, () => new TableProductStore(tables).TryAddAsync(Samples.Product, Ct),
            async () => (await new TableProductStore(tables).FindAsync(Samples.Product.Sku, Ct))!.Product, "Products"),
        Of(
            "table-carts", Samples.Cart, () => Carts.AddAsync(Samples.Session, Samples.Cart, Ct), async () => (await Carts.FindAsync(Samples.Session, Ct))!.Cart,
            "Carts", "CartExpiry"),
        Of("table-idempotency", Response, WriteOperationAsync, ReadOperationAsync, "Idempotency") with { IsRandom = true },
        Of(
            "table-webhook-events", new { Samples.Event.Id, Samples.Event.Type, Samples.Event.Timestamp, Samples.Event.Data }, () => new EventStore(tables).AddAsync(Samples.Event, Payload, Ct),
            async () => (await new EventStore(tables).FindAsync(Samples.Customer, Samples.Event.Id, Ct))!, "WebhookEvents"),
        Of("table-webhook-endpoints", new { Samples.Endpoint, Samples.Health, NextSlot = Samples.Noon }, WriteEndpointAsync, ReadEndpointAsync, "WebhookEndpoints"),
        Of(
            "table-webhook-deliveries", new { Id = Samples.DeliveryId.Value, Samples.Delivery, Body = JsonNode.Parse(Payload) },
            () => new DeliveryStore(tables).TryAddAsync(Samples.DeliveryId, Samples.Delivery, Payload, Ct), ReadDeliveryAsync, "WebhookDeliveries"),
        Of("table-webhook-keys", new { Turn = OrderingTurn.AfterPending, Later = OrderingTurn.AfterMissing }, WriteQueueAsync, ReadQueueAsync, "WebhookKeys"),
    ];

    private TableCartStore Carts => new(tables, new FakeTimeProvider(Samples.Noon));

    private IdempotencyStore Operations => new(
        tables, new Sealer(Convert.FromBase64String(Samples.Key), null, "test"), Options.Create(new IdempotencyOptions()), new FakeTimeProvider(Samples.Noon));

    private StoredKind Of(string name, object value, Func<Task> write, Func<Task<object>> read, params string[] names) => new(
        name,
        value,
        () => _raw.AfterAsync(write, names),
        async stored =>
        {
            await _raw.RestoreAsync(stored);
            return await read();
        })
    {
        WithUnknownMember = RawTables.WithUnknown,
    };

    private async Task WriteOrderAsync()
    {
        var store = new TableOrderStore(tables);
        await store.AddMonthAsync(Samples.Shard, Ct);
        await store.TryCreateAsync(new OrderCreation { Shard = Samples.Shard, Order = Samples.Order, Key = Samples.OrderKey, Event = Samples.Event }, Ct);
    }

    private async Task<object> ReadOrderAsync()
    {
        var store = new TableOrderStore(tables);
        var listed = await store.ListAsync(Samples.Shard, after: null, 10, session: null, Ct);
        return new
        {
            Order = Assert.Single(listed.Orders),
            Key = (await store.FindKeyAsync(Samples.Shard, Samples.OrderKey.Id, Ct))!.Record,
            Event = await store.FindEventAsync(Samples.Shard, Samples.Event.Id, Ct),
            Months = (await store.MonthsAsync(Samples.Customer, Ct)).Select(month => month.ToString()),
        };
    }

    private async Task WriteOperationAsync()
    {
        var begun = await Operations.BeginAsync(Samples.Customer, TestOrders.Key("key"), "fingerprint", Ct);
        var run = Assert.IsType<Beginning.Started>(begun).Run;
        await run.Operation.NoteAsync("note", "digest", Ct);
        await run.CompleteAsync(Response, Ct);
    }

    private async Task<object> ReadOperationAsync()
    {
        var found = Assert.IsType<Beginning.Completed>(await Operations.BeginAsync(Samples.Customer, TestOrders.Key("key"), "fingerprint", Ct));
        Assert.Equal("digest", found.BodyDigest);
        return found.Response;
    }

    private async Task WriteEndpointAsync()
    {
        var store = new EndpointStore(tables);
        await store.TryAddAsync(Samples.Endpoint, most: 1, Ct);
        await store.TryWriteHealthAsync((await store.FindAsync(Samples.Customer, Samples.EndpointId, Ct))!, Samples.Health, Ct);
        await store.TryWriteNextSlotAsync((await store.FindAsync(Samples.Customer, Samples.EndpointId, Ct))!, Samples.Noon, Ct);
    }

    private async Task<object> ReadEndpointAsync()
    {
        var store = new EndpointStore(tables);
        Assert.False(await store.TryAddAsync(Samples.Endpoint with { Id = EndpointId.New(Samples.Noon).Value }, most: 1, Ct));
        var found = (await store.FindAsync(Samples.Customer, Samples.EndpointId, Ct))!;
        return new { found.Endpoint, found.Health, found.NextSlot };
    }

    private async Task<object> ReadDeliveryAsync()
    {
        var found = (await new DeliveryStore(tables).FindAsync(Samples.DeliveryId, Ct))!;
        // The id of the delivery consists of the keys of the row.
        return new { Id = found.Id.Value, found.Delivery, Body = JsonNode.Parse(found.Body) };
    }

    private async Task WriteQueueAsync()
    {
        var queues = new OrderingQueues(tables);
        foreach (var number in (long[])[2, 3])
        {
            await queues.EnterAsync(Samples.EndpointId, Samples.Event.Position! with { Number = number, PreviousAt = Samples.Noon }, orderedSince: Samples.Noon, Ct);
        }

        await queues.SettleAsync(Samples.EndpointId, Samples.Event.Position! with { Number = 4 }, Ct);
    }

    private async Task<object> ReadQueueAsync() => new
    {
        Turn = await new OrderingQueues(tables).TurnOfAsync(Samples.EndpointId, Samples.Event.Position! with { Number = 5 }, Ct),
        Later = await new OrderingQueues(tables).TurnOfAsync(Samples.EndpointId, Samples.Event.Position!, Ct),
    };
}
