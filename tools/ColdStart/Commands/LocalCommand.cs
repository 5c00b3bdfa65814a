using System.CommandLine;
using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.ColdStart.Reports;
using ServerlessScale.Local.Build;
using ServerlessScale.Measurement;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>The <c>local</c> command, which measures on this machine or compares previous measurements.</summary>
internal static class LocalCommand
{
    public static Command Create()
    {
        var command = new Command("local", "Measures the starts of worker processes on this machine. This is the default command.");
        AddTo(command);
        return command;
    }

    /// <summary>Creates the option for the number of starts, which the <c>topology</c> command also uses.</summary>
    public static Option<int> Runs() => NumberOption.Create("--runs", "The number of cold starts per published app.", 15, 1, 1_000);

    public static void AddTo(Command command)
    {
        var runs = Runs();
        var output = new Option<DirectoryInfo?>("--out")
        {
            Description = "The folder for the results: cold-start.json, .csv, .html (the report) and two .svg plots. Without this option, no file is "
                + "written.",
            HelpName = "DIR",
        };
        var matrix = new Option<bool>("--matrix")
        {
            Description = "Measures how much time each publish setting and runtime setting costs or saves.",
        };
        var only = new Option<string[]>("--only")
        {
            Description = "Restricts the matrix to variants whose name contains one of these strings.",
            HelpName = "TEXT",
            AllowMultipleArgumentsPerToken = true,
        };
        only.Validators.Add(result =>
        {
            if (result.GetValue(only) is { Length: > 0 } texts && !Variants.Named(texts).Any())
            {
                result.AddError("--only matches none of these variants: " + string.Join(", ", Variants.Ablations.Select(variant => variant.Name)) + ".");
            }
        });
        var drop = new Option<bool>("--drop-page-cache")
        {
            Description = "Removes the app's files from the page cache before each start, so that they are read from the disk (Linux only).",
        };
        var baseline = new Option<FileInfo?>("--baseline")
        {
            Description = "The cold-start.json of an earlier run to compare with this run.",
            HelpName = "FILE",
        };
        var compare = new Option<FileInfo[]>("--compare")
        {
            Description = "Compares two cold-start.json files instead of measuring, and shows which differences are beyond noise.",
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
                Terminal.Write(SubjectComparison.Of(
                    await RunFile.ReadAsync(a.FullName, cancellationToken), await RunFile.ReadAsync(b.FullName, cancellationToken)));
                return;
            }

            var earlier = parsed.GetValue(baseline) is { } file ? await RunFile.ReadAsync(file.FullName, cancellationToken) : null;
            var (count, dropped) = (parsed.GetValue(runs), parsed.GetValue(drop));
            var plan = parsed.GetValue(matrix) ? MeasurementPlan.Matrix(Variants.Named(parsed.GetValue(only) ?? []), count, dropped) : MeasurementPlan.Usual(count, dropped);
            var run = await ProgressDisplay.ShowAsync(progress => new StartMeasurement(Repository.FindRoot(), progress).RunAsync(plan, cancellationToken));
            Print(run, earlier, parsed.GetValue(matrix));
            if (parsed.GetValue(output) is { } folder)
            {
                await WriteAsync(run, earlier, folder, cancellationToken);
            }
        });
    }

    private static void Print(RunFile run, RunFile? earlier, bool matrix)
    {
        Terminal.Write(run);
        if (matrix)
        {
            Console.WriteLine();
            Terminal.Write(AblationRow.Ranked(run));
        }

        if (earlier is not null)
        {
            Console.WriteLine();
            Terminal.Write(SubjectComparison.Of(earlier, run));
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
