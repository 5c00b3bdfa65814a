using System.Collections.Concurrent;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Local.Lab.Load;
using ServerlessScale.Local.Lab.State;
using ServerlessScale.Local.Processes;
using ServerlessScale.Local.Scaling;

namespace ServerlessScale.Local.Lab.Experiments;

/// <summary>
/// The changes that an experiment makes to the running cloud. Each change registers how to undo it before it is made. After the run, also
/// if the run was cancelled or has failed, the changes are undone in reverse order.
/// </summary>
/// <param name="cloud">The running cloud.</param>
internal sealed class Interventions(LocalCloud cloud)
{
    /// <summary>The time limit for undoing one change.</summary>
    private static readonly TimeSpan UndoLimit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentStack<(string What, Func<Task> Undo)> _changes = new();
    private (string Name, LocalCloud Cloud)? _guest;
    private IReadOnlyDictionary<string, BalancingPolicy>? _policies;

    /// <summary>The temporary cloud that the experiment has started, and its purpose; null for none.</summary>
    public (string Name, LocalCloud Cloud)? Guest
    {
        get
        {
            lock (_changes)
            {
                return _guest;
            }
        }
    }

    private InstanceSet Set => cloud.Set ?? throw new InvalidOperationException("The cloud has no edge.");

    private LabEvents? Events => cloud.Observer?.Events;

    /// <summary>Registers how to undo a change.</summary>
    /// <param name="what">The undone state, which completes the sentence "It was not possible to ...".</param>
    /// <param name="undo">Undoes the change.</param>
    public void Register(string what, Func<Task> undo) => _changes.Push((what, undo));

    /// <summary>Undoes all changes in reverse order. A change that cannot be undone does not prevent the others from being undone.</summary>
    /// <returns>A sentence for each change that could not be undone.</returns>
    public async Task<IReadOnlyList<string>> UndoAsync()
    {
        var failures = new List<string>();
        while (_changes.TryPop(out var change))
        {
            try
            {
                await change.Undo().WaitAsync(UndoLimit);
            }
            catch (Exception failure)
            {
                failures.Add($"It was not possible to {change.What}: {failure.Message}");
            }
        }

        return failures;
    }

    /// <summary>
    /// Keeps the number of instances of an app constant, and starts instances until the app has at least <paramref name="least"/>. After the
    /// run, the app has as many instances as before, and scaling continues.
    /// </summary>
    public async Task HoldInstancesAsync(string app, int least, CancellationToken cancellationToken)
    {
        await HoldAsync();
        var pool = PoolOf(app);
        while (pool.Running.Count < least)
        {
            await pool.StartAsync(cancellationToken);
        }
    }

    /// <summary>Keeps the number of instances of all apps constant until the end of the run.</summary>
    public async Task HoldAsync()
    {
        var before = Set.Pools.ToDictionary(pool => pool, pool => pool.Running.Count);
        if (Set.Scale is { } range)
        {
            Register("continue scaling", () =>
            {
                Set.StartScaling(range, cloud.Options.ScaleTargets ?? Set.DefaultTargets());
                return Task.CompletedTask;
            });
        }

        Register("restore the number of instances", () => Task.WhenAll(before.Select(each => RestoreAsync(each.Key, each.Value))));
        await Set.StopScalingAsync();
    }

    /// <summary>Lets the number of instances of each app follow the demand, starting with no instance.</summary>
    public async Task ScaleFromZeroAsync(ScaleRange range, ScaleTargets targets)
    {
        await HoldAsync();
        var patience = Set.Edge.ColdStartPatience;
        Register("restore the edge's wait for instances", () =>
        {
            Set.Edge.ColdStartPatience = patience;
            return Task.CompletedTask;
        });
        Set.Edge.ColdStartPatience = TimeSpan.FromSeconds(60);
        foreach (var instance in cloud.Instances)
        {
            await cloud.StopInstanceAsync(instance.Name);
        }

        Register("stop the temporary scaling", Set.StopScalingAsync);
        Set.StartScaling(range, targets);
        Events?.Add("change", $"The number of instances now follows the demand, from {range.Min} to {range.Max}.");
    }

    public async Task SetPolicyAsync(BalancingPolicy policy)
    {
        if (_policies is null)
        {
            _policies = Set.Edge.Policies;
            Register("restore the balancing policy", () => Set.Edge.SetPoliciesAsync(_policies));
        }

        await Set.Edge.SetPolicyAsync(policy);
        Events?.Add("change", $"The edge now balances by {PolicyResult.NameOf(policy)}.");
    }

    /// <summary>Sets the weight of an instance at the edge.</summary>
    public async Task SetWeightAsync(string instance, int weight)
    {
        var id = Details(instance).OriginId;
        var before = Set.Edge.Origins.First(origin => origin.Id == id).Weight;
        Register($"restore the weight of {instance}", () => Set.Edge.SetWeightAsync(id, before));
        await Set.Edge.SetWeightAsync(id, weight);
    }

    /// <summary>Sets the speed at which an instance does simulated work.</summary>
    public void SetSpeed(string instance, int speed)
    {
        var work = cloud.Laboratory!.Work.For(instance);
        var before = work.Speed;
        Register($"restore the speed of {instance}", () =>
        {
            work.Speed = before;
            return Task.CompletedTask;
        });
        work.Speed = speed;
    }

    /// <summary>Sets the country that the edge assumes for all clients.</summary>
    public void SetCountry(string country)
    {
        var before = Set.Edge.Country;
        Register("restore the country of the clients", () =>
        {
            Set.Edge.Country = before;
            return Task.CompletedTask;
        });
        Set.Edge.Country = country;
        Events?.Add("change", $"The edge now assumes that all clients are in {country}.");
    }

    /// <summary>Suspends the worker of an instance with SIGSTOP, so that it accepts connections but does not respond.</summary>
    /// <returns>A function that continues the worker.</returns>
    public async Task<Func<Task>> SuspendAsync(string instance)
    {
        var worker = Details(instance).Host?.WorkerProcessId ?? throw new InvalidOperationException($"{instance} has no worker.");
        Func<Task> resume = () => ProcessSignal.SendAsync(worker, "-CONT");
        Register($"continue {instance}", resume);
        await ProcessSignal.SendAsync(worker, "-STOP");
        Events?.Add("instance", $"The worker of {instance} was stopped with SIGSTOP.", instance: instance);
        return async () =>
        {
            await resume();
            Events?.Add("instance", $"The worker of {instance} continues.", instance: instance);
        };
    }

    /// <summary>Starts a temporary cloud beside the running one, which is shown in the state as the guest.</summary>
    /// <param name="name">The purpose of the cloud, for events.</param>
    /// <param name="options">The options. The app is that of the running cloud.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="LocalCloudException">The cloud did not start.</exception>
    public async Task<LocalCloud> StartGuestAsync(string name, LocalCloudOptions options, CancellationToken cancellationToken)
    {
        var guest = await LocalCloud.StartAsync(options with { AppDirectory = cloud.AppDirectory, Observed = true }, cancellationToken);
        lock (_changes)
        {
            _guest = (name, guest);
        }

        Register($"stop the temporary {name}", () => StopGuestAsync(guest));
        Events?.Add("change", $"A temporary {name} runs beside the shop.");
        return guest;
    }

    /// <summary>Stops a temporary cloud before the end of the run.</summary>
    public async Task StopGuestAsync(LocalCloud guest)
    {
        lock (_changes)
        {
            if (_guest?.Cloud != guest)
            {
                // The cloud was already stopped.
                return;
            }

            _guest = null;
        }

        await guest.DisposeAsync();
    }

    private static async Task RestoreAsync(InstancePool pool, int count)
    {
        while (pool.Running.Count < count)
        {
            await pool.StartAsync(CancellationToken.None);
        }

        while (pool.Running.Count > count && pool.Newest() is { } newest)
        {
            await pool.StopAsync(newest);
        }

        await pool.ForgetLostAsync();
    }

    private InstancePool PoolOf(string app) => Set.Pools.First(pool => pool.App == app);

    private InstanceDetails Details(string instance) =>
        Set.Pools.SelectMany(pool => pool.All).First(each => each.Name == instance && each.Stage == InstanceStage.Running);
}
