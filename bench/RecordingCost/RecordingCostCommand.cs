using System.CommandLine;
using ServerlessScale.Local;
using Spectre.Console;

namespace ServerlessScale.Bench.RecordingCost;

/// <summary>Prints what recording an invocation costs, as a share of a warm invocation; both are measured in one run.</summary>
internal static class RecordingCostCommand
{
    private const int Rounds = 5;

    public static Command Create()
    {
        var command = new Command("recording-cost", "What recording an invocation costs, as a share of a warm invocation.");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var cloud = await LocalCloud.StartAsync(new(), cancellationToken);
        using var client = cloud.CreateClient();
        using var recording = new RecordedInvocation();
        await WarmRequest.MedianAsync(client);
        await recording.MicrosecondsAsync();

        var table = new Table { Border = TableBorder.Markdown };
        foreach (var column in (string[])["Round", "recording, µs", "bytes", "warm request, µs", "share"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        // In turns, so that a busy moment hits both.
        var shares = new List<double>();
        for (var round = 1; round <= Rounds; round++)
        {
            var (microseconds, bytes) = await recording.MicrosecondsAsync();
            var request = await WarmRequest.MedianAsync(client);
            shares.Add(microseconds / request);
            table.AddRow(
                $"{round}", FormattableString.Invariant($"{microseconds:0.00}"), FormattableString.Invariant($"{bytes:0}"),
                FormattableString.Invariant($"{request:0}"), FormattableString.Invariant($"{shares[^1]:0.00%}"));
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(FormattableString.Invariant($"Median share: {shares.Order().ElementAt(Rounds / 2):0.00%}; the goal is less than 1 %."));
    }
}
