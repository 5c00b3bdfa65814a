using System.Diagnostics;
using ServerlessScale.Local;
using ServerlessScale.Local.Sessions;
using StackExchange.Redis;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>LocalCloud's Redis with the real redis-server.</summary>
public sealed class RedisProcessTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_run_side_by_side_and_end_with_their_owner()
    {
        int[] ids;
        await using (var first = await RedisProcess.StartAsync(cancellationToken: Ct))
        await using (var second = await RedisProcess.StartAsync(cancellationToken: Ct))
        {
            ids = [first.ProcessId, second.ProcessId];
            await using var connection = await ConnectionMultiplexer.ConnectAsync(first.ConnectionString);
            await connection.GetDatabase().StringSetAsync("key", "value");
            await using var other = await ConnectionMultiplexer.ConnectAsync(second.ConnectionString);
            Assert.True((await other.GetDatabase().StringGetAsync("key")).IsNull);
        }

        Assert.All(ids, id => Assert.Throws<ArgumentException>(() => Process.GetProcessById(id)));
    }

    [Fact]
    public async Task Its_end_is_told_with_its_last_lines()
    {
        await using var redis = await RedisProcess.StartAsync(cancellationToken: Ct);
        using var process = Process.GetProcessById(redis.ProcessId);

        process.Kill();

        var failure = await Assert.ThrowsAsync<LocalCloudException>(() => redis.Completion.WaitAsync(Ct));
        Assert.Contains("Ready to accept connections", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        await using var redis = await RedisProcess.StartAsync(cancellationToken: Ct);

        var failure = await Assert.ThrowsAsync<LocalCloudException>(() => RedisProcess.StartAsync(redis.Port, cancellationToken: Ct));

        Assert.Contains("Address already in use", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_redis_server_it_says_what_to_install()
    {
        var failure = await Assert.ThrowsAsync<LocalCloudException>(() => RedisProcess.StartAsync(searchPath: "", cancellationToken: Ct));

        Assert.Contains("apt-get install redis-server", failure.Message, StringComparison.Ordinal);
    }
}
