using System.CommandLine;
using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.ColdStart.Reports;
using ServerlessScale.Local.Build;
using Spectre.Console;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>Measures on this machine, or compares what was measured before.</summary>
internal static class LocalCommand
{
    public static Command Create()
    {
        var command = new Command("local", "Starts worker processes on this machine; what is done when no mode is given.");
        AddTo(command);
        return command;
    }

    public static void AddTo(Command command)
    {
        var runs = Runs.Option();
        var output = new Option<DirectoryInfo?>("--out")
        {
            Description = "Folder for cold-start.json, .csv, .html (the report) and two drawings as .svg. Without it nothing is written.",
            HelpName = "DIR",
        };
        var matrix = new Option<bool>("--matrix") { Description = "Measures what each setting of publishing and of the runtime costs or saves." };
        var only = new Option<string[]>("--only")
        {
            Description = "Of the matrix, only variants whose name contains one of these.",
            HelpName = "TEXT",
            AllowMultipleArgumentsPerToken = true,
        };
        only.Validators.Add(result =>
        {
            if (result.GetValue(only) is { Length: > 0 } texts && !Variants.Named(texts).Any())
            {
                result.AddError("--only matches none of: " + string.Join(", ", Variants.Ablations.Select(variant => variant.Name)) + ".");
            }
        });
        var drop = new Option<bool>("--drop-page-cache") { Description = "Each start reads its files from the disk (Linux)." };
        var baseline = new Option<FileInfo?>("--baseline") { Description = "A cold-start.json of an earlier run, to compare with.", HelpName = "FILE" };
        var compare = new Option<FileInfo[]>("--compare")
        {
            Description = "Measures nothing; says whether the second cold-start.json differs from the first beyond noise.",
            HelpName = "A.json B.json",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        foreach (var option in (Option[])[runs, output, matrix, only, drop, baseline, compare])
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(compare) is [{ } a, { } b])
            {
                Terminal.Write(AnsiConsole.Console, SubjectComparison.Of(
                    await RunFile.ReadAsync(a.FullName, cancellationToken), await RunFile.ReadAsync(b.FullName, cancellationToken)));
                return;
            }

            var earlier = parsed.GetValue(baseline) is { } file ? await RunFile.ReadAsync(file.FullName, cancellationToken) : null;
            var (count, dropped) = (parsed.GetValue(runs), parsed.GetValue(drop));
            var plan = parsed.GetValue(matrix) ? MeasurementPlan.Matrix(Variants.Named(parsed.GetValue(only) ?? []), count, dropped) : MeasurementPlan.Usual(count, dropped);
            var run = await ProgressBar.ShowAsync(progress => new Measurement(Repository.FindRoot(), progress).RunAsync(plan, cancellationToken));
            Print(run, earlier, parsed.GetValue(matrix));
            if (parsed.GetValue(output) is { } folder)
            {
                await WriteAsync(run, earlier, folder, cancellationToken);
            }
        });
    }

    private static void Print(RunFile run, RunFile? earlier, bool matrix)
    {
        Terminal.Write(AnsiConsole.Console, run);
        if (matrix)
        {
            AnsiConsole.Console.WriteLine();
            Terminal.Write(AnsiConsole.Console, AblationRow.Ranked(run));
        }

        if (earlier is not null)
        {
            AnsiConsole.Console.WriteLine();
            Terminal.Write(AnsiConsole.Console, SubjectComparison.Of(earlier, run));
        }
    }

    private static async Task WriteAsync(RunFile run, RunFile? earlier, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        folder.Create();
        foreach (var (name, text) in ((string, string)[])
        [
            ("cold-start.json", run.ToJson()),
            ("cold-start.csv", SampleTable.Csv(run)),
            ("cold-start.html", HtmlReport.Html(run, earlier)),
            ("cold-start.svg", StripPlot.Draw(run, earlier)),
            ("cold-start-phases.svg", WaterfallPlot.Draw(run)),
        ])
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, name), text, cancellationToken);
        }
    }
}
