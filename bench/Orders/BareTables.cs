using Azure;
using Azure.Data.Tables;
using Azure.Storage.Queues;

namespace ServerlessScale.Bench.Orders;

internal sealed class BareTables(TableClient table, TableClient products, QueueServiceClient queues, Sample sample) : BareShop(queues, sample)
{
    public override Task ReadAsync(string customer, string orderId, CancellationToken cancellationToken) =>
        table.GetEntityAsync<TableEntity>(PartitionOf(customer), orderId, cancellationToken: cancellationToken);

    public override async Task ListAsync(string customer, int count, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(customer);
        var pages = table.QueryAsync<TableEntity>(
            row => row.PartitionKey == partition && row.RowKey.CompareTo("ord_") > 0 && row.RowKey.CompareTo("ord`") < 0,
            count, ["Order"], cancellationToken).AsPages();
        await foreach (var page in pages)
        {
            if (page.Values.Count > 0)
            {
                return;
            }
        }
    }

    protected override Task ReadProductsAsync(CancellationToken cancellationToken) => Task.WhenAll(
        OrderedProducts.All.Select(product => products.GetEntityAsync<TableEntity>(product.Sku, "product", cancellationToken: cancellationToken)));

    protected override Task CommitAsync(string customer, string orderId, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(customer);
        return table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.Add, new TableEntity(partition, orderId) { ["Order"] = Sample.Order }),
                new(TableTransactionActionType.Add, new TableEntity(partition, $"idem_{Guid.NewGuid():N}")
                {
                    ["OrderId"] = orderId,
                    ["Fingerprint"] = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
                    ["ExpiresAt"] = DateTimeOffset.UtcNow,
                }),
                EventAction(partition, orderId, version: 1),
            ],
            cancellationToken);
    }

    protected override async Task ReplaceAsync(string customer, string orderId, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(customer);
        var read = (await table.GetEntityAsync<TableEntity>(partition, orderId, cancellationToken: cancellationToken)).Value;
        await table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.UpdateReplace, new TableEntity(partition, orderId) { ["Order"] = Sample.Order }, read.ETag),
                EventAction(partition, orderId, version: 2),
            ],
            cancellationToken);
    }

    protected override Task RemoveEventAsync(string customer, string orderId, CancellationToken cancellationToken) =>
        table.DeleteEntityAsync(PartitionOf(customer), EventOf(orderId, version: 1), ETag.All, cancellationToken);

    private static string PartitionOf(string customer) => $"c_{customer}-{Month.Replace("-", "", StringComparison.Ordinal)}";

    private static string EventOf(string orderId, int version) => $"evt_{orderId[4..]}_{version}";

    private TableTransactionAction EventAction(string partition, string orderId, int version) =>
        new(TableTransactionActionType.Add, new TableEntity(partition, EventOf(orderId, version)) { ["Event"] = Sample.Event });
}
