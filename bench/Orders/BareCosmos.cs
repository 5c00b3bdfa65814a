using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Storage.Queues;
using Microsoft.Azure.Cosmos;

namespace ServerlessScale.Bench.Orders;

internal sealed class BareCosmos(Container container, Container products, QueueServiceClient queues, Sample sample) : BareShop(queues, sample)
{
    private static readonly TransactionalBatchItemRequestOptions WithoutContent = new() { EnableContentResponseOnWrite = false };

    private readonly JsonElement _order = JsonElement.Parse(sample.Order);
    private readonly JsonElement _event = JsonElement.Parse(sample.Event);

    public override Task ReadAsync(string customer, string orderId, CancellationToken cancellationToken) =>
        container.ReadItemAsync<Item>(orderId, KeyOf(customer), cancellationToken: cancellationToken);

    public override async Task ListAsync(string customer, int count, CancellationToken cancellationToken)
    {
        using var query = container.GetItemQueryIterator<Item>(
            new QueryDefinition("SELECT * FROM c WHERE c.id > 'ord_' AND c.id < 'ord`' ORDER BY c.id"),
            requestOptions: new QueryRequestOptions
            {
                PartitionKey = KeyOf(customer),
                MaxItemCount = count,
                EnableOptimisticDirectExecution = true,
            });
        await query.ReadNextAsync(cancellationToken);
    }

    protected override Task ReadProductsAsync(CancellationToken cancellationToken) => Task.WhenAll(OrderedProducts.All.Select(
        product => products.ReadItemAsync<ProductItem>(product.Sku, new PartitionKey(product.Sku), cancellationToken: cancellationToken)));

    protected override Task CommitAsync(string customer, string orderId, CancellationToken cancellationToken) => ExecuteAsync(
        container.CreateTransactionalBatch(KeyOf(customer))
            .CreateItem(new Item(orderId, customer, Month, _order), WithoutContent)
            .CreateItem(
                new Item($"idem_{Guid.NewGuid():N}", customer, Month, JsonSerializer.SerializeToElement(new { orderId }), 90_000), WithoutContent)
            .CreateItem(new Item(EventOf(orderId, version: 1), customer, Month, _event), WithoutContent),
        cancellationToken);

    protected override async Task ReplaceAsync(string customer, string orderId, CancellationToken cancellationToken)
    {
        var read = await container.ReadItemAsync<Item>(orderId, KeyOf(customer), cancellationToken: cancellationToken);
        await ExecuteAsync(
            container.CreateTransactionalBatch(KeyOf(customer))
                .ReplaceItem(
                    orderId, new Item(orderId, customer, Month, _order),
                    new TransactionalBatchItemRequestOptions { EnableContentResponseOnWrite = false, IfMatchEtag = read.ETag })
                .CreateItem(new Item(EventOf(orderId, version: 2), customer, Month, _event), WithoutContent),
            cancellationToken);
    }

    protected override async Task RemoveEventAsync(string customer, string orderId, CancellationToken cancellationToken)
    {
        using var removed = await container.DeleteItemStreamAsync(
            EventOf(orderId, version: 1), KeyOf(customer), cancellationToken: cancellationToken);
        removed.EnsureSuccessStatusCode();
    }

    private static async Task ExecuteAsync(TransactionalBatch batch, CancellationToken cancellationToken)
    {
        using var done = await batch.ExecuteAsync(cancellationToken);
        if (!done.IsSuccessStatusCode)
        {
            throw new CosmosException(done.ErrorMessage, done.StatusCode, 0, done.ActivityId, done.RequestCharge);
        }
    }

    private static PartitionKey KeyOf(string customer) => new PartitionKeyBuilder().Add(customer).Add(Month).Build();

    private static string EventOf(string orderId, int version) => $"evt_{orderId[4..]}_{version}";

    private sealed record ProductItem(string Id, JsonElement Content);

    private sealed record Item(
        string Id,
        string CustomerId,
        string Month,
        JsonElement Content,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Ttl = null);
}
