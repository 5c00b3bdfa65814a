using Spectre.Console;

namespace ServerlessScale.Measurement;

/// <summary>
/// Shows progress on standard error, so that standard output contains only the result. On a terminal, the progress is shown as a bar.
/// Otherwise, each step is shown as a line.
/// </summary>
public static class ProgressDisplay
{
    /// <summary>Runs the work and shows its progress. Other code must not write to the terminal before the work has ended.</summary>
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

        public void Show(double share, string line)
        {
            Say(line);
            task.Value = share * task.MaxValue;
        }

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

        public void Show(double share, string line) => Console.Error.WriteLine($"{share * 100,3:0} %: {line}");

        public void Begin(int steps) => _steps = steps;

        public void Step(string line) => Console.Error.WriteLine($"{Interlocked.Increment(ref _done)} of {_steps}: {line}");
    }
}
