using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>The store contract on the tables of Azurite.</summary>
public sealed class TableOrderStoreTests(Azurite azurite) : OrderStoreContract, IClassFixture<Azurite>
{
    protected override IOrderStore Store { get; } = new TableOrderStore(azurite.Tables);
}
