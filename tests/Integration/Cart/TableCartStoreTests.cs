using ServerlessScale.Shared.Cart;
using ServerlessScale.Tests.Integration.Orders;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>The contract on Azurite's tables.</summary>
public sealed class TableCartStoreTests : CartStoreContract, IClassFixture<OrderAzurite>
{
    public TableCartStoreTests(OrderAzurite azurite) => Store = new TableCartStore(azurite.Tables, Clock);

    protected override ICartStore Store { get; }
}
