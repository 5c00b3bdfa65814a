using System.Diagnostics;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Local.Lab.Load;
using ServerlessScale.Measurement;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>Lets one of three instances hang, kills one and drains one, under a constant load of reads.</summary>
internal sealed class HealthExperiment : IExperiment
{
    private const int Instances = 3;

    /// <summary>A read that takes longer shows that its first attempt reached the failing instance.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    /// <summary>The longest time until the edge has ejected an instance, or until the instance is healthy again.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(2);

    public ExperimentDescription Description { get; } = new()
    {
        Name = "health",
        Title = "An instance hangs, is killed, and is drained",
        Why = "With many instances, one of them always fails. The edge must notice it and send its requests elsewhere, before customers notice it.",
        Expects = "No read fails while an instance hangs, is killed or is drained, because the edge repeats reads on another instance.",
        Code = "tools/Edge/Health",
        FileName = "HealthExperiment.cs",
        Seconds = 60,
        Columns =
        [
            ResultColumn.Text("event"), ResultColumn.Text("instance"), ResultColumn.Count("reads"), ResultColumn.Count("lost"),
            ResultColumn.Count("slower than 1 s"), ResultColumn.Seconds("slowest"), ResultColumn.Seconds("no requests after"),
            ResultColumn.Seconds("back after"),
        ],
        Options = [ExperimentOption.Number("rate", "Reads per second", 30, 5, 200)],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        var app = AppOfOrders(context.Cloud);
        context.Say(0.05, $"Starting {Instances} instances of {app}.");
        await context.Interventions.HoldInstancesAsync(app, Instances, cancellationToken);
        using var shopper = Shopper.Of(context);
        for (var i = 0; i < 4 * Instances; i++)
        {
            using var warm = await shopper.ReadOrdersAsync(cancellationToken);
        }

        var rows = new List<Outcome>();
        if (!OperatingSystem.IsWindows())
        {
            context.Say(0.15, "Stopping a worker with SIGSTOP. It accepts connections, but does not respond.");
            rows.Add(await ObserveAsync(context, shopper, app, "hang (SIGSTOP)", HangAsync, cancellationToken));
        }

        context.Say(0.5, "Killing an instance with SIGKILL.");
        rows.Add(await ObserveAsync(context, shopper, app, "kill (SIGKILL)", KillAsync, cancellationToken));
        context.Say(0.75, "Draining an instance.");
        rows.Add(await ObserveAsync(context, shopper, app, "drain", DrainAsync, cancellationToken));
        var lost = rows.Sum(row => row.Lost);
        return new(
            lost == 0 && rows.TrueForAll(row => row.Ejected is not null && row.Returned is not null),
            $"{lost} of {rows.Sum(row => row.Reads)} reads failed. Time until the instance got no more requests: "
            + string.Join(", ", rows.Select(row => row.Ejected is { } ejected
                ? $"{ejected:0.0} s after {row.Event}"
                : $"more than {Limit.TotalSeconds:0} s after {row.Event}")) + ".");

        Task<Func<Task>> HangAsync(string instance) => context.Interventions.SuspendAsync(instance);

        async Task<Func<Task>> KillAsync(string instance)
        {
            await context.Cloud.KillInstanceAsync(instance);
            return () => context.Cloud.StartInstanceAsync(app, cancellationToken);
        }

        async Task<Func<Task>> DrainAsync(string instance)
        {
            await context.Cloud.StopInstanceAsync(instance);
            return () => context.Cloud.StartInstanceAsync(app, cancellationToken);
        }
    }

    /// <summary>Reads orders at a constant rate, while an instance fails and returns.</summary>
    /// <param name="disturb">Disturbs the instance with the given name, and returns a function that brings it back.</param>
    private static async Task<Outcome> ObserveAsync(
        ExperimentContext context, Shopper shopper, string app, string name, Func<string, Task<Func<Task>>> disturb, CancellationToken cancellationToken)
    {
        var target = context.Cloud.Instances.First(instance => instance.App == app).Name;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(context, shopper, ended.Token);
        await Task.Delay(Before, cancellationToken);
        var origin = context.Cloud.Set!.Pools.SelectMany(pool => pool.All).First(instance => instance.Name == target).OriginId;
        var ejection = UntilAsync(() => !context.Cloud.Set.Edge.Health.Any(each => each.Id == origin && each.Healthy), Stopwatch.StartNew(), cancellationToken);
        var restore = await disturb(target);
        var ejected = await ejection;
        var back = Stopwatch.StartNew();
        await restore();
        var returned = await UntilAsync(() => IsServing(context.Cloud, target), back, cancellationToken);
        await Task.Delay(Before, cancellationToken);
        await ended.CancelAsync();
        var reads = await reading;
        var row = new Outcome(name, reads.Count, reads.Count(read => read is null), ejected?.TotalSeconds, returned?.TotalSeconds);
        context.AddRow(
            name, target, row.Reads, row.Lost, reads.Count(read => read > Slow), reads.Max()?.TotalSeconds, row.Ejected, row.Returned);
        return row;
    }

    /// <returns>The latency of each read; null for a lost one. A read is lost if the client gets no response with status 200.</returns>
    private static async Task<IReadOnlyList<TimeSpan?>> ReadAsync(ExperimentContext context, Shopper shopper, CancellationToken ended)
    {
        var reads = new List<Task<TimeSpan?>>();
        var clock = Stopwatch.StartNew();
        try
        {
            await OpenLoad.SendAsync(
                OpenLoad.Regularly(context.Options.Number("rate"), TimeSpan.FromMinutes(5)),
                clock,
                _ =>
                {
                    reads.Add(SendAsync());
                    return Task.FromResult(0);
                },
                ended);
        }
        catch (OperationCanceledException)
        {
            // The reads that were already sent are completed.
        }

        return await Task.WhenAll(reads);

        async Task<TimeSpan?> SendAsync()
        {
            var started = Stopwatch.GetTimestamp();
            using var response = await shopper.ReadOrdersAsync(CancellationToken.None);
            return response is null ? null : Stopwatch.GetElapsedTime(started);
        }
    }

    private static bool IsServing(LocalCloud cloud, string name) =>
        cloud.Set!.Pools.SelectMany(pool => pool.Running).Any(instance => instance.Name == name && instance.Healthy);

    private static async Task<TimeSpan?> UntilAsync(Func<bool> holds, Stopwatch clock, CancellationToken cancellationToken)
    {
        while (clock.Elapsed < Limit)
        {
            if (holds())
            {
                return clock.Elapsed;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }

        return null;
    }

    private static string AppOfOrders(LocalCloud cloud) =>
        cloud.Apps.Count == 1 ? cloud.Apps[0] : cloud.Apps.FirstOrDefault(app => app == "orders") ?? throw new CommandException("There is no app for orders.");

    private sealed record Outcome(string Event, int Reads, int Lost, double? Ejected, double? Returned);
}
