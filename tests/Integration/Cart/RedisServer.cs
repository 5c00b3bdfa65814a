using ServerlessScale.Local.Sessions;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Cart.Stores;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>
/// A redis-server process that a test can stop and restart. If redis-server is not on the PATH, starting it fails with a message that names
/// the package to install.
/// </summary>
public sealed class RedisServer : IAsyncLifetime
{
    private readonly List<RedisConnection> _connections = [];

    public RedisProcess Process { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Process = await RedisProcess.StartAsync(cancellationToken: Ct);

    /// <summary>Creates a connection as the app does, but with a shorter timeout.</summary>
    public RedisConnection Connect()
    {
        var connection = new RedisConnection(
            new CartRedisOptions { ConnectionString = Process.ConnectionString, Timeout = TimeSpan.FromSeconds(1) },
            () => throw new InvalidOperationException("The connection string does not require a credential."));
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Stops the server. All of its data is lost.</summary>
    public ValueTask LoseAsync() => Process.DisposeAsync();

    /// <summary>Starts an empty server on the same port.</summary>
    public async Task ReturnAsync() => Process = await RedisProcess.StartAsync(Process.Port, cancellationToken: Ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        await Process.DisposeAsync();
    }
}
