using System.Diagnostics;
using ServerlessScale.Local;
using ServerlessScale.Local.Sessions;
using StackExchange.Redis;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>Tests <c>RedisProcess</c> with the real redis-server program.</summary>
public sealed class RedisProcessTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_Redis_servers_run_concurrently_and_exit_when_disposed()
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

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_to_every_process_does_not_stop_Redis(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test reads /proc.");
        await using var redis = await RedisProcess.StartAsync(cancellationToken: Ct);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);

        // The signal does not reach redis-server, which has a process group of its own, but it reaches the process that started redis-server.
        using (var kill = Process.Start("kill", [$"-{signal}", await ParentAsync(redis.ProcessId)]))
        {
            await kill.WaitForExitAsync(Ct);
            Assert.Equal(0, kill.ExitCode);
        }

        await connection.GetDatabase().StringSetAsync("key", "value");
        Assert.Equal("value", await connection.GetDatabase().StringGetAsync("key"));
        Assert.False(redis.Completion.IsCompleted);
    }

    [Fact]
    public async Task An_unexpected_exit_of_Redis_is_reported_with_its_output()
    {
        await using var redis = await RedisProcess.StartAsync(cancellationToken: Ct);
        using var process = Process.GetProcessById(redis.ProcessId);

        process.Kill();

        var failure = await Assert.ThrowsAsync<LocalCloudException>(() => redis.Completion.WaitAsync(Ct));
        Assert.Contains("Ready to accept connections", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Redis_port_in_use_is_reported()
    {
        await using var redis = await RedisProcess.StartAsync(cancellationToken: Ct);

        var failure = await Assert.ThrowsAsync<LocalCloudException>(() => RedisProcess.StartAsync(redis.Port, cancellationToken: Ct));

        Assert.Contains("Address already in use", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_redis_server_is_reported_with_installation_advice()
    {
        var failure = await Assert.ThrowsAsync<LocalCloudException>(() => RedisProcess.StartAsync(searchPath: "", cancellationToken: Ct));

        Assert.Contains("apt-get install redis-server", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<string> ParentAsync(int process)
    {
        var lines = await File.ReadAllLinesAsync($"/proc/{process}/status", Ct);
        return lines.Single(line => line.StartsWith("PPid:", StringComparison.Ordinal))["PPid:".Length..].Trim();
    }
}
