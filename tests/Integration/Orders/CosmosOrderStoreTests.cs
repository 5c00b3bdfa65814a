using Microsoft.Azure.Cosmos;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>Runs the tests for order stores on StrictCosmos with the real Cosmos DB SDK.</summary>
public sealed class CosmosOrderStoreTests(StrictCosmosAccount account) : OrderStoreContract, IClassFixture<StrictCosmosAccount>
{
    protected override IOrderStore Store { get; } = account.Store;

    [Fact]
    public async Task A_missing_container_is_not_reported_as_a_missing_order()
    {
        using var client = new CosmosAccount(
            new CosmosOptions { ConnectionString = account.Server.ConnectionString, LimitToEndpoint = true, Container = "none" },
            () => throw new InvalidOperationException("The connection string contains the key, so no credential is needed."));
        var store = new CosmosOrderStore(client);
        var creation = TestOrders.Creation(new OrderShard("c1", OrderMonth.Of(TestOrders.Noon)));
        var id = TestOrders.IdOf(creation.Order);
        var ct = TestContext.Current.CancellationToken;

        await Assert.ThrowsAsync<CosmosException>(() => store.TryCreateAsync(creation, ct));
        await Assert.ThrowsAsync<CosmosException>(() => store.FindLatestAsync(creation.Shard, id, ct));
        await Assert.ThrowsAsync<CosmosException>(() => store.FindAsync(creation.Shard, id, session: null, ct));
        await Assert.ThrowsAsync<CosmosException>(() => store.ListAsync(creation.Shard, after: null, 10, session: null, ct));
    }
}
