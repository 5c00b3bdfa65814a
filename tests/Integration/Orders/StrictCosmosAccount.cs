using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Storage;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>A StrictCosmos server. It provides a separate store for each app instance that a test simulates.</summary>
public sealed class StrictCosmosAccount : IAsyncLifetime
{
    private readonly List<CosmosAccount> _clients = [];

    public StrictCosmosServer Server { get; private set; } = null!;

    public CosmosOrderStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await StrictCosmosServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        Store = NewInstance();
    }

    /// <summary>Creates a store with a separate client, and therefore with a separate session.</summary>
    public CosmosOrderStore NewInstance()
    {
        var client = new CosmosAccount(
            new CosmosOptions { ConnectionString = Server.ConnectionString, LimitToEndpoint = true, CreateIfMissing = true },
            () => throw new InvalidOperationException("The connection string contains the key, so no credential is needed."));
        _clients.Add(client);
        return new CosmosOrderStore(client);
    }

    public ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        return Server.DisposeAsync();
    }
}
