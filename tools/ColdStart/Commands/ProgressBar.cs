using ServerlessScale.ColdStart.Measuring;
using Spectre.Console;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>A bar on standard error, so that standard output holds the result alone; single lines where there is no terminal.</summary>
internal static class ProgressBar
{
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

        public void Begin(int starts) => task.MaxValue = starts;

        public void Started(string subject, double milliseconds)
        {
            Say(FormattableString.Invariant($"{subject}: {milliseconds:0} ms"));
            task.Increment(1);
        }
    }

    private sealed class Lines : IMeasurementProgress
    {
        private int _starts;
        private int _done;

        public void Say(string line) => Console.Error.WriteLine(line);

        public void Begin(int starts) => _starts = starts;

        public void Started(string subject, double milliseconds) =>
            Console.Error.WriteLine(FormattableString.Invariant($"{++_done} of {_starts}: {subject}: {milliseconds:0} ms"));
    }
}
