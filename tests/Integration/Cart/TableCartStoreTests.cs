using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Cart.Stores;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>Runs the tests for cart stores on Azurite tables.</summary>
public sealed class TableCartStoreTests : CartStoreContract, IClassFixture<Azurite>
{
    public TableCartStoreTests(Azurite azurite) => Store = new TableCartStore(azurite.Tables, Clock);

    protected override ICartStore Store { get; }
}
