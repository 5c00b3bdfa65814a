using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>
/// The contract on a real account or the official emulator: its connection string is in the environment variable
/// <c>COSMOS_CONNECTION</c>; without that the tests are reported as skipped. The database <c>shop-contract</c> is left there.
/// </summary>
public sealed class RealCosmosOrderStoreTests : OrderStoreContract, IDisposable
{
    private const string Variable = "COSMOS_CONNECTION";

    private readonly CosmosOrderContainer _client = new(
        new OrderCosmosOptions
        {
            ConnectionString = Environment.GetEnvironmentVariable(Variable),
            Database = "shop-contract",
            LimitToEndpoint = true,
            CreateIfMissing = true,
        },
        () => throw new InvalidOperationException("The connection string has the key."));

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
