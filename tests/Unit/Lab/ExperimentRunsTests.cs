using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Measurement;

namespace ServerlessScale.Tests.Unit.Lab;

public sealed class ExperimentRunsTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ExperimentRuns _runs;

    // These experiments do not use a cloud.
    public ExperimentRunsTests() => _runs = new(cloud: null!, _time, NullLogger.Instance);

    public ValueTask DisposeAsync() => _runs.DisposeAsync();

    [Fact]
    public async Task A_second_run_starts_only_after_the_first_has_ended()
    {
        var first = new FakeExperiment();
        var running = _runs.TryStart(first, Options())!;

        Assert.Null(_runs.TryStart(new FakeExperiment(), Options()));

        first.End(new(Shown: true, "It showed."));
        Assert.Equal(RunStatus.Shown, (await _runs.WaitAsync(running)).Status);
        Assert.NotNull(_runs.TryStart(new FakeExperiment(), Options()));
    }

    [Fact]
    public async Task A_cancelled_run_undoes_its_changes_in_reverse_order()
    {
        var experiment = new FakeExperiment();
        var run = _runs.TryStart(experiment, Options())!;
        await experiment.Started;

        Assert.True(_runs.Cancel("fake", run.State.Id));

        var state = await _runs.WaitAsync(run);
        Assert.Equal(RunStatus.Cancelled, state.Status);
        Assert.Equal(["second", "first"], experiment.Undone);
        Assert.NotNull(state.EndedAt);
    }

    [Fact]
    public async Task A_run_that_takes_too_long_is_cancelled()
    {
        var experiment = new FakeExperiment();
        var run = _runs.TryStart(experiment, Options())!;
        await experiment.Started;

        _time.Advance(ExperimentRuns.Limit + TimeSpan.FromSeconds(1));

        Assert.Equal(RunStatus.Cancelled, (await _runs.WaitAsync(run)).Status);
        Assert.Equal(["second", "first"], experiment.Undone);
    }

    [Fact]
    public async Task Stopping_the_laboratory_undoes_the_changes()
    {
        var experiment = new FakeExperiment();
        _runs.TryStart(experiment, Options());
        await experiment.Started;

        await _runs.DisposeAsync();

        Assert.Equal(["second", "first"], experiment.Undone);
        Assert.Null(_runs.TryStart(new FakeExperiment(), Options()));
    }

    [Fact]
    public async Task A_failed_run_states_the_reason_and_undoes_its_changes()
    {
        var experiment = new FakeExperiment();
        var run = _runs.TryStart(experiment, Options())!;
        await experiment.Started;

        experiment.Fail(new CommandException("No photograph was ready."));

        var state = await _runs.WaitAsync(run);
        Assert.Equal((RunStatus.Failed, "No photograph was ready."), (state.Status, state.Text));
        Assert.Equal(["second", "first"], experiment.Undone);
    }

    [Fact]
    public async Task A_change_that_cannot_be_undone_does_not_prevent_the_others()
    {
        var experiment = new FakeExperiment { SecondCannotBeUndone = true };
        var run = _runs.TryStart(experiment, Options())!;
        await experiment.Started;
        experiment.End(new(Shown: true, "It showed."));

        var state = await _runs.WaitAsync(run);

        Assert.Equal(["first"], experiment.Undone);
        Assert.Equal(["It was not possible to undo the second change: broken"], state.NotUndone);
    }

    [Fact]
    public async Task Rows_and_progress_can_be_read_during_the_run()
    {
        var experiment = new FakeExperiment();
        var run = _runs.TryStart(experiment, Options())!;
        await experiment.Started;

        var state = _runs.Find("fake", run.State.Id)!.State;

        Assert.Equal((RunStatus.Running, 0.5, "Half."), (state.Status, state.Progress, state.Text));
        Assert.Equal([["one", 1.5]], state.Rows);
        Assert.Null(_runs.Find("other", run.State.Id));
    }

    [Theory]
    [InlineData("speed", "fast", "The option speed is unknown. The options are lag, kind.")]
    [InlineData("lag", "1001", "The value of lag must be a whole number from 0 to 1000.")]
    [InlineData("lag", "-1", "The value of lag must be a whole number from 0 to 1000.")]
    [InlineData("kind", "other", "The value of kind must be one of a, b.")]
    public void An_invalid_option_is_named(string name, string value, string reason)
    {
        ExperimentOption[] options = [ExperimentOption.Number("lag", "", 50, 0, 1_000), ExperimentOption.Choice("kind", "", "a", "b")];

        Assert.Null(OptionValues.TryParse(options, new Dictionary<string, string> { [name] = value }, out var problem));

        Assert.Equal((name, reason), problem);
    }

    private static OptionValues Options() => OptionValues.TryParse([], new Dictionary<string, string>(), out _)!;

    private sealed class FakeExperiment : IExperiment
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<Conclusion> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => _started.Task;

        public List<string> Undone { get; } = [];

        public bool SecondCannotBeUndone { get; init; }

        public ExperimentDescription Description { get; } = new()
        {
            Name = "fake", Title = "", Why = "", Expects = "", Code = "", FileName = "", Seconds = 1, Columns = [],
        };

        public void End(Conclusion conclusion) => _ended.SetResult(conclusion);

        public void Fail(Exception failure) => _ended.SetException(failure);

        public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
        {
            context.Interventions.Register("undo the first change", () => UndoAsync("first"));
            context.Interventions.Register(
                "undo the second change", () => SecondCannotBeUndone ? throw new IOException("broken") : UndoAsync("second"));
            context.AddRow("one", 1.5);
            context.Say(0.5, "Half.");
            _started.SetResult();
            return await _ended.Task.WaitAsync(cancellationToken);
        }

        private Task UndoAsync(string change)
        {
            Undone.Add(change);
            return Task.CompletedTask;
        }
    }
}
