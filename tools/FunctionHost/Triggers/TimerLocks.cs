using Microsoft.Azure.WebJobs.Host;
using Microsoft.Extensions.DependencyInjection;

// IDistributedLockManager is marked as obsolete because it may still change. The SDK has no other extension point for locks.
#pragma warning disable CS0618

namespace ServerlessScale.FunctionHost.Triggers;

/// <summary>
/// In-memory locks that ensure that each timer fires on only one of several instances. The WebJobs SDK acquires a lock for each timer. In
/// Azure, these locks are blob leases. A lock expires if its instance does not renew it. Another instance then acquires the lock at its
/// next attempt, within one minute.
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

        /// <summary>Never completes, because an instance does not lose a lock as long as it keeps renewing it.</summary>
        public Task LeaseLost { get; } = Task.Delay(Timeout.Infinite);
    }
}
