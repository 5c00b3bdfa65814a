using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>Runs the tests for order stores on Azurite tables.</summary>
public sealed class TableOrderStoreTests(Azurite azurite) : OrderStoreContract, IClassFixture<Azurite>
{
    protected override IOrderStore Store { get; } = new TableOrderStore(azurite.Tables);
}
