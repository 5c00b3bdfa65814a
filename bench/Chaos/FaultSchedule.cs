using ServerlessScale.Local;
using ServerlessScale.Local.Processes;
using ServerlessScale.Local.Scaling;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Bench.Chaos;

/// <summary>Injects faults into a local cloud, one after another, as the seed decides. Each fault ends before the next one begins.</summary>
internal sealed class FaultSchedule(LocalCloud cloud, IReadOnlyList<StorageProxy> storage, int azurite, bool endsInstances, Random random)
{
    public const string None = "no fault";

    private volatile string _current = None;

    /// <summary>The fault that is active, or the last one. A client that fails between two faults still suffers from the last one.</summary>
    public string Current => _current;

    /// <summary>The number of injected faults of each kind.</summary>
    public SortedDictionary<string, int> Injected { get; } = new(StringComparer.Ordinal);

    /// <summary>Injects faults until <paramref name="stop"/>, and returns when the last fault has ended.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        List<(string Name, Func<CancellationToken, Task> InjectAsync)> kinds =
        [
            ("worker killed", KillWorkerAsync),
            ("worker stopped", StopWorkerAsync),
            ("storage stopped", ct => StopProcessAsync(azurite, ct)),
            ("storage connections cut", CutStorageAsync),
            ("storage slow", SlowStorageAsync),
        ];
        if (endsInstances)
        {
            kinds.Add(("instance drained", ct => ReplaceAsync(cloud.StopInstanceAsync, ct)));
            kinds.Add(("instance lost", ct => ReplaceAsync(cloud.KillInstanceAsync, ct)));
        }

        if (cloud.Cosmos is not null)
        {
            kinds.Add(("database throttled", ct => DatabaseFaultAsync(new Fault { Kind = FaultKind.Throttled, Rate = 0.5, RetryAfter = TimeSpan.FromMilliseconds(50) }, ct)));
            kinds.Add(("database unavailable", ct => DatabaseFaultAsync(new Fault { Kind = FaultKind.ServiceUnavailable, Rate = 0.5 }, ct)));
            kinds.Add(("database connections cut", ct => DatabaseFaultAsync(
                new Fault { Kind = FaultKind.ConnectionLost, Rate = 0.2, Moment = FaultMoment.AfterApplying, On = CosmosOperations.Writes }, ct)));
        }

        if (cloud.Redis is { } redis)
        {
            kinds.Add(("sessions stopped", ct => StopProcessAsync(redis.ProcessId, ct)));
        }

        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(random.Next(500, 3_000), cancellationToken);
            var (name, injectAsync) = kinds[random.Next(kinds.Count)];
            _current = name;
            Injected[name] = Injected.GetValueOrDefault(name) + 1;
            await injectAsync(cancellationToken);
        }
    }

    private Task PauseAsync(int fromMilliseconds, int toMilliseconds, CancellationToken cancellationToken) =>
        Task.Delay(random.Next(fromMilliseconds, toMilliseconds), cancellationToken);

    private InstanceStatus Victim()
    {
        var instances = cloud.Instances;
        return instances[random.Next(instances.Count)];
    }

    private Task KillWorkerAsync(CancellationToken cancellationToken) =>
        Victim().WorkerProcessId is { } id ? ProcessSignal.SendAsync(id, "-KILL") : Task.CompletedTask;

    private Task StopWorkerAsync(CancellationToken cancellationToken) =>
        Victim().WorkerProcessId is { } id ? StopProcessAsync(id, cancellationToken) : Task.CompletedTask;

    private async Task StopProcessAsync(int id, CancellationToken cancellationToken)
    {
        await ProcessSignal.SendAsync(id, "-STOP");
        try
        {
            await PauseAsync(500, 6_000, cancellationToken);
        }
        finally
        {
            await ProcessSignal.SendAsync(id, "-CONT");
        }
    }

    private async Task ReplaceAsync(Func<string, Task<bool>> endAsync, CancellationToken cancellationToken)
    {
        var victim = Victim();
        if (await endAsync(victim.Name))
        {
            await PauseAsync(0, 3_000, cancellationToken);
            await cloud.StartInstanceAsync(victim.App, cancellationToken);
        }
    }

    private async Task CutStorageAsync(CancellationToken cancellationToken)
    {
        foreach (var proxy in storage)
        {
            proxy.Cut();
        }

        await PauseAsync(0, 3_000, cancellationToken);
        foreach (var proxy in storage)
        {
            proxy.Restore();
        }
    }

    private async Task SlowStorageAsync(CancellationToken cancellationToken)
    {
        var delay = TimeSpan.FromMilliseconds(random.Next(50, 400));
        foreach (var proxy in storage)
        {
            proxy.Delay = delay;
        }

        await PauseAsync(1_000, 6_000, cancellationToken);
        foreach (var proxy in storage)
        {
            proxy.Delay = TimeSpan.Zero;
        }
    }

    private async Task DatabaseFaultAsync(Fault fault, CancellationToken cancellationToken)
    {
        cloud.Cosmos!.Faults.Inject(fault);
        try
        {
            await PauseAsync(1_000, 6_000, cancellationToken);
        }
        finally
        {
            cloud.Cosmos.Faults.Clear();
        }
    }
}
