using System.CommandLine;
using ServerlessScale.Local.Scaling;
using Spectre.Console;

namespace ServerlessScale.Bench.Burst;

internal static class BurstCommand
{
    public static Command Create()
    {
        var most = new Option<int>("--instances") { Description = "The most instances.", HelpName = "N", DefaultValueFactory = _ => 4 };
        most.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > ScaleRange.MostInstances)
            {
                result.AddError($"--instances must be from 1 to {ScaleRange.MostInstances}.");
            }
        });
        var seconds = new Option<int>("--seconds") { Description = "How long the burst is.", HelpName = "N", DefaultValueFactory = _ => 25 };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 600)
            {
                result.AddError("--seconds must be from 1 to 600.");
            }
        });
        var plot = new Option<FileInfo?>("--plot") { Description = "Where to draw the burst as SVG.", HelpName = "FILE" };
        var root = new Command("burst", "Sends a burst of uploads and reads to a shop that has scaled to zero, and waits until it has again.")
        {
            most, seconds, plot,
        };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            var record = await BurstBench.RunAsync(parsed.GetValue(most), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellationToken);
            AnsiConsole.Console.Profile.Width = 160;
            Report.Write(AnsiConsole.Console, record);
            if (parsed.GetValue(plot) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, BurstPlot.Draw(record), cancellationToken);
            }
        });
        return root;
    }
}
