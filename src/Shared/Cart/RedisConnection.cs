using Azure.Core;
using StackExchange.Redis;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// The process's one connection to Redis, made when it is first needed, and again by itself after it was lost. Meanwhile commands
/// fail at once.
/// </summary>
public sealed class RedisConnection(CartRedisOptions options, Func<TokenCredential> credential) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1);
    private IConnectionMultiplexer? _connection;

    /// <exception cref="RedisException">Redis is not reached, or does not let this program in.</exception>
    public async Task<IDatabase> DatabaseAsync(CancellationToken cancellationToken) =>
        (_connection ?? await ConnectAsync(cancellationToken)).GetDatabase();

    /// <exception cref="RedisException">As for <see cref="DatabaseAsync"/>, or no answer within <see cref="CartRedisOptions.Timeout"/>.</exception>
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
        // Otherwise a Redis that is down at the first request would be down for this process for good.
        configuration.AbortOnConnectFail = false;
        // Otherwise commands would wait for a connection, and be carried out when nobody waits for them any more.
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
