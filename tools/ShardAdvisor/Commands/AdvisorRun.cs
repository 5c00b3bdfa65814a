using System.Diagnostics;
using ServerlessScale.Measurement;
using ServerlessScale.ShardAdvisor.Loads;
using ServerlessScale.ShardAdvisor.Orders;
using ServerlessScale.ShardAdvisor.Replay;
using ServerlessScale.ShardAdvisor.Reports;
using Spectre.Console;

namespace ServerlessScale.ShardAdvisor.Commands;

/// <summary>
/// Replays the orders, prints the report and draws the plot. The report is written to standard output. Progress, elapsed time and memory
/// usage are written to standard error.
/// </summary>
internal static class AdvisorRun
{
    /// <summary>The number of operations per step of the progress display.</summary>
    private const int OperationsPerStep = 1_000_000;

    public static async Task RunAsync(AdvisorOptions options, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var result = await ProgressDisplay.ShowAsync(progress => Task.Run(() => Replay(options, progress, cancellationToken), cancellationToken));
        var report = AdvisorReport.Of(result);
        ReportWriter.Write(report, options.Format, AnsiConsole.Console);
        if (options.Plot is { } plot)
        {
            await File.WriteAllTextAsync(plot.FullName, LoadPlot.Draw(result, report.Advice), cancellationToken);
        }

        using var process = Process.GetCurrentProcess();
        await Console.Error.WriteLineAsync(
            $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, {process.TotalProcessorTime.TotalSeconds:0.0} s of processor time, peak "
            + $"memory {process.PeakWorkingSet64 >> 20} MB.");
    }

    private static ReplayResult Replay(AdvisorOptions options, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        var replay = new OrderReplay { RequestUnits = options.RequestUnits, Buckets = options.Buckets };
        if (options.Load is { } load)
        {
            progress.Begin((int)(load.Orders / OperationsPerStep));
            return replay.Run(WithProgress(load.Read(), progress), cancellationToken);
        }

        using var text = options.Log!.OpenText();
        return replay.Run(WithProgress(CsvOrderLog.Read(text, options.Log.Name), progress), cancellationToken);
    }

    private static IEnumerable<OrderOperation> WithProgress(IEnumerable<OrderOperation> operations, IMeasurementProgress progress)
    {
        var count = 0L;
        foreach (var operation in operations)
        {
            yield return operation;
            if (++count % OperationsPerStep == 0)
            {
                progress.Step($"{count / OperationsPerStep} million operations, until {DateTimeOffset.FromUnixTimeSeconds(operation.Second):yyyy-MM-dd}");
            }
        }
    }
}

/// <summary>The parsed arguments. Exactly one of <see cref="Log"/> and <see cref="Load"/> is null.</summary>
internal sealed record AdvisorOptions
{
    public FileInfo? Log { get; init; }

    public GeneratedLoad? Load { get; init; }

    /// <summary>The throughput of the container in RU/s.</summary>
    public required int RequestUnits { get; init; }

    public required int Buckets { get; init; }

    public required ReportFormat Format { get; init; }

    /// <summary>The file to which the plot is written, or null for no plot.</summary>
    public FileInfo? Plot { get; init; }
}
