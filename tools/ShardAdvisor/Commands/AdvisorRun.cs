using System.Diagnostics;
using System.Globalization;
using ServerlessScale.ShardAdvisor.Orders;
using ServerlessScale.ShardAdvisor.Replay;
using ServerlessScale.ShardAdvisor.Reports;
using Spectre.Console;

namespace ServerlessScale.ShardAdvisor.Commands;

/// <summary>Replays, prints and plots. What the replay itself took goes to standard error, apart from the result.</summary>
internal static class AdvisorRun
{
    public static void Run(AdvisorOptions options, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var result = Replay(options, cancellationToken);
        var report = AdvisorReport.Of(result);
        ReportWriter.Write(report, options.Format, AnsiConsole.Console);
        if (options.Plot is { } plot)
        {
            File.WriteAllText(plot.FullName, LoadPlot.Draw(result, report.Advice));
        }
        using var process = Process.GetCurrentProcess();
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, {process.TotalProcessorTime.TotalSeconds:0.0} s of processor time, at most {process.PeakWorkingSet64 >> 20} MB of memory."));
    }

    private static ReplayResult Replay(AdvisorOptions options, CancellationToken cancellationToken)
    {
        var replay = new OrderReplay { RequestUnits = options.RequestUnits, Buckets = options.Buckets };
        if (options.Load is { } load)
        {
            return replay.Run(load.Read(), cancellationToken);
        }
        using var text = options.Log!.OpenText();
        return replay.Run(CsvOrderLog.Read(text, options.Log.Name), cancellationToken);
    }
}
