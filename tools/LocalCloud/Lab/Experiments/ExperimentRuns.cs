using Azure;
using Microsoft.Extensions.Logging;
using ServerlessScale.Local.Lab.State;
using ServerlessScale.Measurement;

namespace ServerlessScale.Local.Lab.Experiments;

/// <summary>
/// Runs experiments, one at a time. A run belongs to the cloud and not to the client that has started it, so that it also ends, and undoes its
/// changes, if the client disconnects.
/// </summary>
/// <param name="cloud">The running cloud.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Receives failures that the run's document describes only briefly.</param>
internal sealed partial class ExperimentRuns(LocalCloud cloud, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>The maximum duration of a run without undoing its changes. All experiments are shorter, even on a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>The number of runs that can be read after they have ended.</summary>
    private const int Kept = 20;

    private readonly Lock _gate = new();
    private readonly List<Run> _runs = [];
    private bool _disposed;

    /// <summary>The running or, if none is running, the most recent run.</summary>
    public RunReport? Latest
    {
        get
        {
            lock (_gate)
            {
                return _runs.LastOrDefault()?.Report;
            }
        }
    }

    /// <summary>The temporary cloud of the running experiment, and its purpose; null for none.</summary>
    public (string Name, LocalCloud Cloud)? Guest
    {
        get
        {
            lock (_gate)
            {
                return _runs.LastOrDefault()?.Interventions.Guest;
            }
        }
    }

    private LabEvents? Events => cloud?.Observer?.Events;

    /// <summary>Starts a run.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="options">The values of its options.</param>
    /// <param name="onChange">Called on any thread after each change of the run's state; null for none.</param>
    /// <returns>The report of the run; null if another run has not ended yet.</returns>
    public RunReport? TryStart(IExperiment experiment, OptionValues options, Action<RunState>? onChange = null)
    {
        Run run;
        lock (_gate)
        {
            if (_disposed || _runs.LastOrDefault() is { Completion.IsCompleted: false })
            {
                return null;
            }

            var report = new RunReport(new()
            {
                Id = Guid.NewGuid().ToString("N"),
                Experiment = experiment.Description.Name,
                Status = RunStatus.Running,
                StartedAt = time.GetUtcNow(),
                Options = options.All,
                Columns = experiment.Description.Columns,
                Text = "Preparing.",
            })
            { OnChange = onChange };
            run = new(report, new(cloud), new(Limit, time));
            _runs.Add(run);
            if (_runs.Count > Kept)
            {
                _runs.RemoveAt(0);
            }

            run.Completion = Task.Run(() => RunAsync(experiment, options, run));
        }

        return run.Report;
    }

    /// <summary>Returns the report of a run; null if there is no such run, or if it ended long ago.</summary>
    public RunReport? Find(string experiment, string id) => FindRun(experiment, id)?.Report;

    /// <summary>Cancels a run, whose changes are then undone.</summary>
    /// <returns>False if there is no such run.</returns>
    public bool Cancel(string experiment, string id)
    {
        if (FindRun(experiment, id) is not { } run)
        {
            return false;
        }

        run.Cancellation.Cancel();
        return true;
    }

    /// <summary>Waits until a run has ended and its changes have been undone.</summary>
    public async Task<RunState> WaitAsync(RunReport report)
    {
        Run run;
        lock (_gate)
        {
            run = _runs.Single(each => each.Report == report);
        }

        await run.Completion;
        return report.State;
    }

    /// <summary>Cancels the running experiment, and waits until its changes have been undone.</summary>
    public async ValueTask DisposeAsync()
    {
        Run? last;
        lock (_gate)
        {
            _disposed = true;
            last = _runs.LastOrDefault();
        }

        if (last is not null)
        {
            await last.Cancellation.CancelAsync();
            await last.Completion;
        }
    }

    private async Task RunAsync(IExperiment experiment, OptionValues options, Run run)
    {
        var (report, name) = (run.Report, experiment.Description.Name);
        Events?.Add("experiment", $"The experiment {name} has started.");
        var (status, conclusion) = await OutcomeAsync(experiment, options, run);
        report.Change(state => state with { Status = RunStatus.Undoing });
        var notUndone = await run.Interventions.UndoAsync();
        report.Change(state => state with
        {
            Status = status,
            Text = conclusion,
            Conclusion = status is RunStatus.Shown or RunStatus.NotShown ? conclusion : null,
            Progress = status is RunStatus.Shown or RunStatus.NotShown ? 1 : state.Progress,
            NotUndone = notUndone,
            EndedAt = time.GetUtcNow(),
        });
        Events?.Add("experiment", $"The experiment {name} has ended: {conclusion}");
    }

    private async Task<(RunStatus Status, string Text)> OutcomeAsync(IExperiment experiment, OptionValues options, Run run)
    {
        try
        {
            var conclusion = await experiment.RunAsync(new(cloud, run.Interventions, options, run.Report), run.Cancellation.Token);
            return (conclusion.Shown ? RunStatus.Shown : RunStatus.NotShown, conclusion.Text);
        }
        catch (OperationCanceledException) when (run.Cancellation.IsCancellationRequested)
        {
            return (RunStatus.Cancelled, "The run was cancelled.");
        }
        catch (Exception failure) when (failure is CommandException or LocalCloudException or HttpRequestException or IOException
            or RequestFailedException or OperationCanceledException or TimeoutException)
        {
            return (RunStatus.Failed, failure.Message);
        }
        catch (Exception bug)
        {
            LogBug(bug, experiment.Description.Name);
            return (RunStatus.Failed, $"{bug.GetType().Name}: {bug.Message}");
        }
    }

    private Run? FindRun(string experiment, string id)
    {
        lock (_gate)
        {
            return _runs.Find(run => run.Report.State is var state && state.Id == id && state.Experiment == experiment);
        }
    }

    [LoggerMessage(LogLevel.Error, "The experiment {Experiment} has failed")]
    private partial void LogBug(Exception exception, string experiment);

    private sealed record Run(RunReport Report, Interventions Interventions, CancellationTokenSource Cancellation)
    {
        public Task Completion { get; set; } = Task.CompletedTask;
    }
}
