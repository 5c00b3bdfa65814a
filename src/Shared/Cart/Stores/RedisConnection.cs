using Azure.Core;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace ServerlessScale.Shared.Cart.Stores;

/// <summary>
/// The single Redis connection of this process. It is opened on first use, and the client library reopens it when it is lost. While there
/// is no connection, commands fail immediately.
/// </summary>
public sealed class RedisConnection(CartRedisOptions options, Func<TokenCredential> credential) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1);
    private IConnectionMultiplexer? _connection;

    /// <exception cref="RedisException">Redis cannot be reached or rejects the app's credentials.</exception>
    public async Task<IDatabase> DatabaseAsync(CancellationToken cancellationToken) =>
        (_connection ?? await ConnectAsync(cancellationToken)).GetDatabase();

    /// <exception cref="RedisException">
    /// Redis cannot be reached, rejects the app's credentials, or does not respond within <see cref="CartRedisOptions.Timeout"/>.
    /// </exception>
    public async Task PingAsync(CancellationToken cancellationToken) =>
        await (await DatabaseAsync(cancellationToken)).PingAsync().WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
        }

        _connecting.Dispose();
    }

    private async Task<IConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            return _connection ??= await ConnectionMultiplexer.ConnectAsync(Configuration());
        }
        finally
        {
            _connecting.Release();
        }
    }

    private ConfigurationOptions Configuration()
    {
        var configuration = ConfigurationOptions.Parse(options.ConnectionString ?? options.Endpoint!);
        var timeout = (int)options.Timeout.TotalMilliseconds;
        configuration.ConnectTimeout = timeout;
        configuration.AsyncTimeout = timeout;
        configuration.SyncTimeout = timeout;
        configuration.ConnectRetry = 1;
        // By default, the client library never retries a failed first connection, so this process would need a restart.
        configuration.AbortOnConnectFail = false;
        // By default, commands are queued until a connection exists. They could then run after the requests that issued them had failed.
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ReconnectRetryPolicy = new ExponentialRetry(deltaBackOffMilliseconds: 250, maxDeltaBackOffMilliseconds: 2000);
        if (options.Endpoint is not null)
        {
            configuration.Ssl = true;
            configuration.Defaults = new RedisIdentity(options.PrincipalId!, credential());
        }

        return configuration;
    }
}

/// <summary>
/// Signs in to Redis on Azure with the app's identity. The user name is the identity's object id. The password is a Microsoft Entra token,
/// which is requested for each new connection. Redis closes a connection whose token has expired, and the next connection sends a new
/// token. See learn.microsoft.com/azure/redis/entra-for-authentication.
/// </summary>
internal sealed class RedisIdentity(string principalId, TokenCredential credential) : AzureOptionsProvider
{
    private static readonly TokenRequestContext RedisScope = new(["https://redis.azure.com/.default"]);

    public override string User => principalId;

    /// <summary>
    /// A Microsoft Entra token. The client library reads this property synchronously for each new connection, and the credential caches the
    /// token.
    /// </summary>
    public override string Password => credential.GetToken(RedisScope, CancellationToken.None).Token;
}
