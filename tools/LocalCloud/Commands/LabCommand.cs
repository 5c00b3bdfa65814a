using System.CommandLine;
using System.Text.Json;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Local.Lab.Http;
using ServerlessScale.Local.Lab.Topics;
using ServerlessScale.Measurement;

namespace ServerlessScale.Local.Commands;

/// <summary>
/// The <c>lab</c> command, which starts a cloud of its own, runs experiments on it, and prints their result tables. The progress is shown on
/// standard error.
/// </summary>
internal static class LabCommand
{
    /// <summary>The exit code if the expected effect of an experiment did not show.</summary>
    private const int NotShown = 2;

    /// <summary>The shortest time between two lines of progress.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var name = new Argument<string?>("experiment")
        {
            Description = "The experiment: " + string.Join(", ", AllExperiments.List.Select(experiment => experiment.Description.Name)) + ".",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var list = new Option<bool>("--list") { Description = "List the experiments and their options." };
        var all = new Option<bool>("--all") { Description = "Run all experiments, one after another, in about eight minutes." };
        var json = new Option<bool>("--json") { Description = "Print the results as JSON: an object, or an array with --all or --list." };
        var set = new Option<string[]>("--set") { Description = "Set an option of the experiment. Repeat it for several options.", HelpName = "NAME=VALUE" };
        var noBuild = new Option<bool>("--no-build") { Description = "Run the newest existing build instead of building the function app." };
        var lab = new Command(
            "lab",
            """
            Runs an experiment on a cloud of its own, and prints a table of the results. The exit code is 0 if the expected effect showed, 2 if
            it did not, and 1 if the experiment could not be run.

            Examples:
              dotnet run --project tools/LocalCloud -- lab --list
              dotnet run --project tools/LocalCloud -- lab statelessness
              dotnet run --project tools/LocalCloud -- lab balancing --set instances=equal --set requests=cheap
              dotnet run --project tools/LocalCloud -- lab --all --json > results.json
            """)
        {
            name, list, all, json, set, noBuild,
        };
        lab.Validators.Add(result =>
        {
            var chosen = new[] { result.GetValue(name) is not null, result.GetValue(list), result.GetValue(all) }.Count(given => given);
            if (chosen != 1)
            {
                result.AddError("Name an experiment, or use --list or --all.");
            }

            if (result.GetValue(name) is { } given && AllExperiments.List.All(experiment => experiment.Description.Name != given))
            {
                result.AddError($"There is no experiment {given}. The experiments are {string.Join(", ", AllExperiments.List.Select(experiment => experiment.Description.Name))}.");
            }

            if (result.GetValue(set) is { Length: > 0 } && result.GetValue(name) is null)
            {
                result.AddError("--set needs an experiment.");
            }
        });
        lab.SetAction((parsed, cancellationToken) => parsed.GetValue(list)
            ? ListAsync(parsed.GetValue(json))
            : RunAsync(
                [.. AllExperiments.List.Where(experiment => parsed.GetValue(all) || experiment.Description.Name == parsed.GetValue(name))],
                parsed.GetValue(set) ?? [],
                parsed.GetValue(json) ? (parsed.GetValue(all) ? Output.JsonArray : Output.JsonObject) : Output.Tables,
                build: !parsed.GetValue(noBuild),
                cancellationToken));
        return lab;
    }

    private static Task<int> ListAsync(bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(
                new([.. AllExperiments.List.Select(experiment => experiment.Description)]), LabJson.Default.ExperimentList));
            return Task.FromResult(0);
        }

        var table = new MarkdownTable("experiment", "title", "options", "seconds") { TextColumns = 3 };
        foreach (var description in AllExperiments.List.Select(experiment => experiment.Description))
        {
            table.Add(description.Name, description.Title, string.Join(", ", description.Options.Select(Text)), $"{description.Seconds}");
        }

        table.Write(Console.Out);
        return Task.FromResult(0);

        static string Text(ExperimentOption option) =>
            $"{option.Name}={(option.Choices is { } choices ? string.Join('|', choices) : $"{option.Min}..{option.Max}")} ({option.Default})";
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<IExperiment> experiments, string[] settings, Output output, bool build, CancellationToken cancellationToken)
    {
        var options = experiments.ToDictionary(experiment => experiment, experiment => Parse(experiment, settings));
        var repository = Repository.FindRoot();
        if (build)
        {
            Console.Error.WriteLine("Building the function app.");
        }

        var app = build ? await FunctionAppBuild.BuildAsync(repository, cancellationToken) : FunctionAppBuild.FindNewest(repository);
        Console.Error.WriteLine("Starting the shop.");
        await using var cloud = await LocalCloud.StartAsync(
            new() { AppDirectory = app, Lab = true, Instances = 1, Progress = Console.Error.WriteLine }, cancellationToken);
        var results = new List<RunState>();
        foreach (var experiment in experiments)
        {
            var result = await RunAsync(cloud, experiment, options[experiment], cancellationToken);
            results.Add(result);
            if (output == Output.Tables)
            {
                Write(experiment.Description, result);
            }
        }

        switch (output)
        {
            case Output.JsonObject:
                Console.Out.WriteLine(JsonSerializer.Serialize(results[0], LabJson.Default.RunState));
                break;
            case Output.JsonArray:
                Console.Out.WriteLine(JsonSerializer.Serialize(results, LabJson.Default.IReadOnlyListRunState));
                break;
            default:
                WriteSummary(results);
                break;
        }

        return results.TrueForAll(result => result.Status == RunStatus.Shown && result.NotUndone.Count == 0) ? 0
            : results.Exists(result => result.Status is not (RunStatus.Shown or RunStatus.NotShown)) ? 1
            : NotShown;
    }

    private static async Task<RunState> RunAsync(
        LocalCloud cloud, IExperiment experiment, OptionValues options, CancellationToken cancellationToken)
    {
        var runs = cloud.Laboratory!.Runs;
        return await ProgressDisplay.ShowAsync(async progress =>
        {
            var shown = (Text: "", At: DateTimeOffset.MinValue);
            var gate = new Lock();
            var report = runs.TryStart(experiment, options, Show)!;
            await using var cancelling = cancellationToken.Register(() => runs.Cancel(report.State.Experiment, report.State.Id));
            var state = await runs.WaitAsync(report);
            cancellationToken.ThrowIfCancellationRequested();
            return state;

            void Show(RunState state)
            {
                lock (gate)
                {
                    if (state.EndedAt is null && state.Text != shown.Text && DateTimeOffset.UtcNow - shown.At > ProgressInterval)
                    {
                        shown = (state.Text, DateTimeOffset.UtcNow);
                        progress.Show(state.Progress, $"{state.Experiment}: {state.Text}");
                    }
                }
            }
        });
    }

    /// <exception cref="LocalCloudException">A setting does not have the form NAME=VALUE, or the experiment does not allow it.</exception>
    private static OptionValues Parse(IExperiment experiment, string[] settings)
    {
        var given = new Dictionary<string, string>();
        foreach (var setting in settings)
        {
            given[setting.Split('=', 2) is [{ Length: > 0 } key, _] ? key : throw new LocalCloudException($"--set {setting}: write NAME=VALUE.")] =
                setting.Split('=', 2)[1];
        }

        return OptionValues.TryParse(experiment.Description.Options, given, out var problem)
            ?? throw new LocalCloudException($"--set: {problem!.Value.Reason}");
    }

    private static void Write(ExperimentDescription description, RunState result)
    {
        Console.Out.WriteLine($"{description.Title} ({description.Name})");
        Console.Out.WriteLine();
        if (result.Rows.Count > 0)
        {
            // Text columns are left-aligned as long as no number precedes them.
            var table = new MarkdownTable([.. result.Columns.Select(column => column.Unit is null ? column.Name : $"{column.Name} {column.Unit}")])
            {
                TextColumns = result.Columns.TakeWhile(column => column.Decimals is null).Count(),
            };
            foreach (var row in result.Rows)
            {
                table.Add([.. row.Select((cell, index) => cell.ToString(result.Columns[index]))]);
            }

            table.Write(Console.Out);
            Console.Out.WriteLine();
        }

        Console.Out.WriteLine(result.Status switch
        {
            RunStatus.Shown => $"The expected effect showed. {result.Conclusion}",
            RunStatus.NotShown => $"The expected effect did not show ({description.Expects}) {result.Conclusion}",
            _ => $"The experiment could not be completed: {result.Text}",
        });
        if (result.Failed.Count > 0)
        {
            Console.Out.WriteLine(
                "Failed requests: " + string.Join("; ", result.Failed.Select(failed => $"{failed.Count} x {failed.Request}: {failed.Result}")) + ".");
        }

        foreach (var failure in result.NotUndone)
        {
            Console.Out.WriteLine(failure);
        }

        Console.Out.WriteLine($"Code: {description.Code}, experiment: {description.File}");
        Console.Out.WriteLine();
    }

    private static void WriteSummary(List<RunState> results)
    {
        if (results.Count < 2)
        {
            return;
        }

        var table = new MarkdownTable("experiment", "expected effect", "seconds") { TextColumns = 2 };
        foreach (var result in results)
        {
            table.Add(
                result.Experiment,
                result.Status switch { RunStatus.Shown => "showed", RunStatus.NotShown => "did not show", _ => "not completed" },
                $"{(result.EndedAt - result.StartedAt)?.TotalSeconds:0}");
        }

        table.Write(Console.Out);
    }

    private enum Output
    {
        Tables,
        JsonObject,
        JsonArray,
    }
}
