using Spectre.Console;

namespace ServerlessScale.Measurement;

/// <summary>
/// Shows progress on standard error, so that standard output holds nothing but the result: a bar on a terminal, and otherwise one line
/// for each step.
/// </summary>
public static class ProgressDisplay
{
    /// <summary>Shows progress until the work has ended. Nothing else may write to the terminal in the meantime.</summary>
    public static async Task<T> ShowAsync<T>(Func<IMeasurementProgress, Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!console.Profile.Capabilities.Interactive || Console.IsErrorRedirected)
        {
            return await work(new Lines());
        }

        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new Bar(context.AddTask("Preparing", autoStart: true, maxValue: 1))));
    }

    private sealed class Bar(ProgressTask task) : IMeasurementProgress
    {
        public void Say(string line) => task.Description = Markup.Escape(line);

        public void Begin(int steps) => task.MaxValue = steps;

        public void Step(string line)
        {
            Say(line);
            task.Increment(1);
        }
    }

    private sealed class Lines : IMeasurementProgress
    {
        private int _steps;
        private int _done;

        public void Say(string line) => Console.Error.WriteLine(line);

        public void Begin(int steps) => _steps = steps;

        public void Step(string line) => Console.Error.WriteLine($"{Interlocked.Increment(ref _done)} of {_steps}: {line}");
    }
}
