using System.CommandLine;
using Spectre.Console;

namespace ServerlessScale.Bench.Balancing;

internal static class BalancingCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds; each runs every policy in every scenario.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "How long each run is.", DefaultValueFactory = _ => 8 };
        var plot = new Option<FileInfo?>("--plot") { Description = "Where to draw the result as SVG.", HelpName = "FILE" };
        var root = new Command("balancing", "Compares the edge's balancing policies: latency under the same requests at the same times.") { rounds, seconds, plot };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            var results = await PolicyBench.RunAsync(
                parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), Console.Error.WriteLine, cancellationToken);
            AnsiConsole.Profile.Width = 200;
            Report.Write(AnsiConsole.Console, results);
            if (parsed.GetValue(plot) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, LatencyPlot.Draw(results), cancellationToken);
            }
        });
        return root;
    }
}
