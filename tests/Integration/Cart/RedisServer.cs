using ServerlessScale.Local.Sessions;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>A redis-server of the test's own, which can be lost and come back; without one on the PATH, starting says what to install.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private readonly List<RedisConnection> _connections = [];

    public RedisProcess Process { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Process = await RedisProcess.StartAsync(cancellationToken: Ct);

    /// <summary>As an instance of the app has it, with shorter patience.</summary>
    public RedisConnection Connect()
    {
        var connection = new RedisConnection(
            new CartRedisOptions { ConnectionString = Process.ConnectionString, Timeout = TimeSpan.FromSeconds(1) },
            () => throw new InvalidOperationException("The connection string says it all."));
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Everything that it holds is gone, and its port is closed.</summary>
    public ValueTask LoseAsync() => Process.DisposeAsync();

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
