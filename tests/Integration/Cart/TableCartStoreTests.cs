using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Cart.Stores;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>The store contract on the tables of Azurite.</summary>
public sealed class TableCartStoreTests : CartStoreContract, IClassFixture<Azurite>
{
    public TableCartStoreTests(Azurite azurite) => Store = new TableCartStore(azurite.Tables, Clock);

    protected override ICartStore Store { get; }
}
