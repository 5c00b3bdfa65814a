using Microsoft.Azure.Cosmos;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Catalogue.Stores;
using ServerlessScale.Shared.Storage;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Tests.Integration.Catalogue;

/// <summary>Runs the tests for product stores on Azurite tables.</summary>
public sealed class TableProductStoreTests(Azurite azurite) : ProductStoreContract, IClassFixture<Azurite>
{
    protected override IProductStore Store { get; } = new TableProductStore(azurite.Tables);
}

/// <summary>Runs the tests for product stores on StrictCosmos, which has several physical partitions, with the real Cosmos DB SDK.</summary>
public sealed class CosmosProductStoreTests : ProductStoreContract, IAsyncLifetime
{
    private StrictCosmosServer _server = null!;
    private CosmosAccount _account = null!;

    protected override IProductStore Store => new CosmosProductStore(_account);

    public async ValueTask InitializeAsync()
    {
        _server = await StrictCosmosServer.StartAsync(
            new StrictCosmosOptions { PhysicalPartitions = 3 }, TestContext.Current.CancellationToken);
        _account = Connect(new CosmosOptions { ConnectionString = _server.ConnectionString, LimitToEndpoint = true, CreateIfMissing = true });
    }

    [Fact]
    public async Task A_missing_container_is_not_reported_as_a_missing_product()
    {
        using var account = Connect(new CosmosOptions { ConnectionString = _server.ConnectionString, LimitToEndpoint = true, ProductContainer = "none" });
        var store = new CosmosProductStore(account);
        var ct = TestContext.Current.CancellationToken;

        await Assert.ThrowsAsync<CosmosException>(() => store.FindAsync("mug", ct));
        await Assert.ThrowsAsync<CosmosException>(() => store.FindManyAsync(["mug", "tea"], ct));
        await Assert.ThrowsAsync<CosmosException>(() => store.ListAsync(after: null, 10, ct));
        await Assert.ThrowsAsync<CosmosException>(() => store.TryAddAsync(TestProducts.Of("mug"), ct));
    }

    public ValueTask DisposeAsync()
    {
        _account.Dispose();
        return _server.DisposeAsync();
    }

    private static CosmosAccount Connect(CosmosOptions options) =>
        new(options, () => throw new InvalidOperationException("The connection string contains the key, so no credential is needed."), CosmosProductContainer.Metadata);
}
