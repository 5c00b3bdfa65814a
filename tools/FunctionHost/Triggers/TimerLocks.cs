using Microsoft.Azure.WebJobs.Host;
using Microsoft.Extensions.DependencyInjection;

// Marked as obsolete because it may still change, it is the one seam that the SDK has for locks.
#pragma warning disable CS0618

namespace ServerlessScale.FunctionHost.Triggers;

/// <summary>
/// The locks by which the WebJobs SDK runs a timer on one of several instances, as in Azure, where they are leases of blobs. Who does
/// not renew a lock loses it after the time that it was taken for; another instance takes over at its next attempt, within a minute.
/// </summary>
public sealed class TimerLocks(TimeProvider time) : IDistributedLockManager
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);

    internal void AddTo(IServiceCollection services) => services.AddSingleton<IDistributedLockManager>(this);

    public Task<IDistributedLock?> TryLockAsync(
        string account, string lockId, string lockOwnerId, string proposedLeaseId, TimeSpan lockPeriod, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Current(lockId) is not null)
            {
                return Task.FromResult<IDistributedLock?>(null);
            }

            var held = new Held(lockId, lockOwnerId, lockPeriod) { Until = time.GetUtcNow() + lockPeriod };
            _held[lockId] = held;
            return Task.FromResult<IDistributedLock?>(held);
        }
    }

    public Task<bool> RenewAsync(IDistributedLock lockHandle, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var held = (Held)lockHandle;
            if (Current(held.LockId) != held)
            {
                return Task.FromResult(false);
            }

            held.Until = time.GetUtcNow() + held.Period;
            return Task.FromResult(true);
        }
    }

    public Task<string?> GetLockOwnerAsync(string account, string lockId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(Current(lockId)?.Owner);
        }
    }

    public Task ReleaseLockAsync(IDistributedLock lockHandle, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Current(lockHandle.LockId) == lockHandle)
            {
                _held.Remove(lockHandle.LockId);
            }
        }

        return Task.CompletedTask;
    }

    private Held? Current(string lockId) => _held.TryGetValue(lockId, out var held) && held.Until > time.GetUtcNow() ? held : null;

    private sealed class Held(string lockId, string owner, TimeSpan period) : IDistributedLock
    {
        public string LockId => lockId;

        public string Owner => owner;

        public TimeSpan Period => period;

        public DateTimeOffset Until { get; set; }

        /// <summary>Nothing takes a lock from an instance that runs.</summary>
        public Task LeaseLost { get; } = Task.Delay(Timeout.Infinite);
    }
}
