using ServerlessScale.Shared.Orders;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>A StrictCosmos, and stores of as many instances as a test wants.</summary>
public sealed class StrictCosmosAccount : IAsyncLifetime
{
    private readonly List<CosmosOrderContainer> _clients = [];

    public StrictCosmosServer Server { get; private set; } = null!;

    public CosmosOrderStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await StrictCosmosServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        Store = NewInstance();
    }

    /// <summary>With a client of its own, which knows nothing of what others have written.</summary>
    public CosmosOrderStore NewInstance()
    {
        var client = new CosmosOrderContainer(
            new OrderCosmosOptions { ConnectionString = Server.ConnectionString, LimitToEndpoint = true, CreateIfMissing = true },
            () => throw new InvalidOperationException("The connection string has the key."));
        _clients.Add(client);
        return new CosmosOrderStore(client);
    }

    public ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        return Server.DisposeAsync();
    }
}
