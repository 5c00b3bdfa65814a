using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>
/// Runs the tests for order stores on a real Cosmos DB account or on the official emulator. The <c>COSMOS_CONNECTION</c> environment
/// variable contains the connection string. If the variable is not set, the tests are skipped. The tests do not delete the
/// <c>shop-contract</c> database.
/// </summary>
public sealed class RealCosmosOrderStoreTests : OrderStoreContract, IDisposable
{
    private const string Variable = "COSMOS_CONNECTION";

    private readonly CosmosAccount _client = new(
        new CosmosOptions
        {
            ConnectionString = Environment.GetEnvironmentVariable(Variable),
            Database = "shop-contract",
            LimitToEndpoint = true,
            CreateIfMissing = true,
        },
        () => throw new InvalidOperationException("The connection string contains the key, so no credential is needed."));

    protected override IOrderStore Store
    {
        get
        {
            Assert.SkipWhen(
                string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)),
                $"Not run against a real Cosmos DB account: {Variable} is not set.");
            return new CosmosOrderStore(_client);
        }
    }

    public void Dispose() => _client.Dispose();
}
