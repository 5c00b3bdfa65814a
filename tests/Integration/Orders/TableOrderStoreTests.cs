using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>The contract on Azurite's tables.</summary>
public sealed class TableOrderStoreTests(Azurite azurite) : OrderStoreContract, IClassFixture<Azurite>
{
    protected override IOrderStore Store { get; } = new TableOrderStore(azurite.Tables);
}
