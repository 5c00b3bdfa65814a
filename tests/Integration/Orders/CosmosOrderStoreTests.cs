using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>The contract on StrictCosmos, by the real SDK.</summary>
public sealed class CosmosOrderStoreTests(StrictCosmosAccount account) : OrderStoreContract, IClassFixture<StrictCosmosAccount>
{
    protected override IOrderStore Store { get; } = account.Store;
}
