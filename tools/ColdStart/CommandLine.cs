using System.CommandLine;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using Spectre.Console;

namespace ServerlessScale.ColdStart;

/// <summary>What can be typed after <c>dotnet run -c Release --project tools/ColdStart --</c>.</summary>
internal static class CommandLine
{
    /// <returns>The exit code: 0 after a measurement, 1 after a failure or bad options.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var runs = Runs();
        var output = new Option<DirectoryInfo?>("--out")
        {
            Description = "Folder for cold-start.csv (every run) and cold-start.svg (the plot). Without it nothing is written.",
            HelpName = "DIR",
        };
        var root = new RootCommand(
            "Measures cold starts of the function app against an empty isolated worker, each published with and without ReadyToRun.")
        {
            runs, output,
        };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            var measurement = new Measurement(Repository.FindRoot(), Console.Error.WriteLine);
            var samples = await measurement.RunAsync(parsed.GetValue(runs), cancellationToken);
            Report.Write(AnsiConsole.Console, samples);
            if (parsed.GetValue(output) is { } folder)
            {
                folder.Create();
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, "cold-start.csv"), SampleFile.Csv(samples), cancellationToken);
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, "cold-start.svg"), StripPlot.Svg(samples), cancellationToken);
            }
        });
        root.Add(Topology());
        try
        {
            return await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (LocalCloudException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }

    private static Command Topology()
    {
        var runs = Runs();
        var topology = new Command("topology", "Compares one app for everything with an app for each capability, of the same package.") { runs };
        topology.SetAction(async (parsed, cancellationToken) =>
        {
            var measurement = new TopologyMeasurement(Repository.FindRoot(), Console.Error.WriteLine);
            TopologyReport.Write(AnsiConsole.Console, await measurement.RunAsync(parsed.GetValue(runs), cancellationToken));
            return 0;
        });
        return topology;
    }

    private static Option<int> Runs() => new("--runs")
    {
        Description = "Cold starts of each app.",
        HelpName = "N",
        DefaultValueFactory = _ => 15,
        Validators =
        {
            result =>
            {
                if (result.GetValueOrDefault<int>() is < 1 or > 1000)
                {
                    result.AddError("--runs must be from 1 to 1000.");
                }
            },
        },
    };
}
