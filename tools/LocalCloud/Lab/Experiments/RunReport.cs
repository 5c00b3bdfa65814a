using ServerlessScale.Measurement;

namespace ServerlessScale.Local.Lab.Experiments;

/// <summary>Collects the progress and the results of a run. Thread-safe.</summary>
/// <param name="initial">The state of the run before its start.</param>
internal sealed class RunReport(RunState initial)
{
    private readonly Lock _gate = new();
    private RunState _state = initial;
    private int _version;

    public FailedRequests Failed { get; } = new();

    /// <summary>Called on any thread with each new text of the progress.</summary>
    public Action<RunState>? OnChange { get; init; }

    /// <summary>A number that changes with each change of the state.</summary>
    public int Version => Volatile.Read(ref _version);

    public RunState State
    {
        get
        {
            lock (_gate)
            {
                return _state with { Failed = [.. Failed.All.Select(each => new FailedRequest(each.Request, each.Result, each.Count))] };
            }
        }
    }

    public void Say(double? share, string text) => Change(state => state with { Progress = share ?? state.Progress, Text = text });

    public void AddRow(IReadOnlyList<Cell> cells) => Change(state => state with { Rows = [.. state.Rows, cells] });

    public void AddHeatMap(HeatMap map) => Change(state => state with { HeatMaps = [.. state.HeatMaps, map] });

    public void Change(Func<RunState, RunState> change)
    {
        lock (_gate)
        {
            _state = change(_state);
            _version++;
        }

        OnChange?.Invoke(State);
    }
}
