using Microsoft.Azure.WebJobs.Host;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.FunctionHost.Triggers;

// TimerLocks implements IDistributedLockManager although the SDK marks it as obsolete. A comment in TimerLocks.cs explains why.
#pragma warning disable CS0618

namespace ServerlessScale.Tests.Unit.FunctionHost;

public sealed class TimerLocksTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(60);
    private readonly FakeTimeProvider _time = new();
    private readonly TimerLocks _locks;

    public TimerLocksTests() => _locks = new(_time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_one_owner_can_hold_a_lock()
    {
        Assert.NotNull(await TryAsync("timer", "a"));
        Assert.Null(await TryAsync("timer", "b"));
        Assert.NotNull(await TryAsync("another", "b"));
        Assert.Equal("a", await _locks.GetLockOwnerAsync("", "timer", Ct));
    }

    [Fact]
    public async Task A_released_lock_can_be_acquired()
    {
        await _locks.ReleaseLockAsync((await TryAsync("timer", "a"))!, Ct);

        Assert.NotNull(await TryAsync("timer", "b"));
    }

    [Fact]
    public async Task A_lock_expires_unless_it_is_renewed()
    {
        var held = (await TryAsync("timer", "a"))!;
        _time.Advance(Period - TimeSpan.FromSeconds(1));
        Assert.True(await _locks.RenewAsync(held, Ct));
        _time.Advance(Period - TimeSpan.FromSeconds(1));
        Assert.Null(await TryAsync("timer", "b"));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await TryAsync("timer", "b"));
        Assert.False(await _locks.RenewAsync(held, Ct));
        await _locks.ReleaseLockAsync(held, Ct);
        Assert.Equal("b", await _locks.GetLockOwnerAsync("", "timer", Ct));
    }

    private Task<IDistributedLock?> TryAsync(string lockId, string owner) => _locks.TryLockAsync("", lockId, owner, "", Period, Ct);
}
