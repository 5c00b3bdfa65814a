using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>The contract on Azurite's tables.</summary>
public sealed class TableCartStoreTests : CartStoreContract, IClassFixture<Azurite>
{
    public TableCartStoreTests(Azurite azurite) => Store = new TableCartStore(azurite.Tables, Clock);

    protected override ICartStore Store { get; }
}
