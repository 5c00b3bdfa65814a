using System.CommandLine;
using System.Globalization;
using ServerlessScale.ColdStart.AlwaysReady;
using ServerlessScale.ColdStart.Reports;
using Spectre.Console;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>Says what each count of always-ready instances buys and costs.</summary>
internal static class AlwaysReadyCommand
{
    private static readonly Dictionary<string, TrafficShape> Shapes = new()
    {
        ["steady"] = TrafficShape.Steady,
        ["diurnal"] = TrafficShape.Diurnal,
        ["bursty"] = TrafficShape.Bursty,
    };

    public static Command Create()
    {
        var log = new Argument<FileInfo?>("requests.csv")
        {
            Description = "A request log: CSV with the columns timestamp and durationMs, sorted by time.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var shape = new Option<string?>("--generate") { Description = "Makes requests up instead of reading a log." };
        shape.AcceptOnlyFromAmong([.. Shapes.Keys]);
        var perDay = Number("--requests-per-day", "Of made-up traffic, the mean.", 20_000, 1, 10_000_000);
        var days = Number("--days", "How long made-up traffic lasts.", 30, 1, 366);
        var duration = Number("--duration", "Mean duration of a made-up request, in milliseconds.", 120, 1, 600_000);
        var seed = Number("--seed", "The same seed makes the same traffic.", 1, 0, int.MaxValue - 1);
        var memory = new Option<int>("--memory") { Description = "Memory of an instance in MB: 512, 2048 or 4096.", HelpName = "MB", DefaultValueFactory = _ => 2048 };
        memory.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is not (512 or 2048 or 4096))
            {
                result.AddError("--memory must be 512, 2048 or 4096.");
            }
        });
        var concurrency = Number("--concurrency", "Requests that an instance works on at the same time.", 16, 1, 1_000);
        var coldStart = Number("--cold-start", "From a request until a new instance works on it, in milliseconds.", 1_500, 1, 600_000);
        var idle = Number("--idle", "Seconds without work after which an on-demand instance goes; Azure documents no figure.", 300, 1, 86_400);
        var most = Number("--most", "Largest count that is tried.", 5, 0, 100);
        var allowed = new Option<double>("--allow") { Description = "Share of requests that may meet a cold start, in percent.", HelpName = "PERCENT", DefaultValueFactory = _ => 0.1 };
        allowed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 100))
            {
                result.AddError("--allow must be from 0 to 100.");
            }
        });
        var plot = new Option<FileInfo?>("--plot") { Description = "Draws shares and costs as SVG.", HelpName = "FILE" };
        var command = new Command("always-ready", "Computes cold starts and the monthly cost for each count of always-ready instances in Flex Consumption.")
        {
            log, shape, perDay, days, duration, seed, memory, concurrency, coldStart, idle, most, allowed, plot,
        };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(log) is null) == (result.GetValue(shape) is null))
            {
                result.AddError("Give either a request log or --generate.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var app = new FlexApp
            {
                MemoryGb = parsed.GetValue(memory) / 1024d,
                Concurrency = parsed.GetValue(concurrency),
                ColdStartSeconds = parsed.GetValue(coldStart) / 1000d,
                IdleSeconds = parsed.GetValue(idle),
            };
            var rows = parsed.GetValue(log) is { } file ? FromLog(file, parsed.GetValue(most), app, cancellationToken) : Generated();
            var recommendation = Recommendation.Of(rows, parsed.GetValue(allowed) / 100);
            Write(AnsiConsole.Console, rows, recommendation);
            if (parsed.GetValue(plot) is { } target)
            {
                await File.WriteAllTextAsync(target.FullName, CostPlot.Draw(rows, recommendation.Row), cancellationToken);
            }

            IReadOnlyList<AlwaysReadyRow> Generated()
            {
                var traffic = new GeneratedTraffic(
                    Shapes[parsed.GetValue(shape)!], parsed.GetValue(perDay), parsed.GetValue(days), parsed.GetValue(duration) / 1000d, parsed.GetValue(seed));
                return AlwaysReadyPlan.Try(traffic.Requests(), traffic.Seconds, parsed.GetValue(most), app, new(), cancellationToken);
            }
        });
        return command;
    }

    private static IReadOnlyList<AlwaysReadyRow> FromLog(FileInfo file, int most, FlexApp app, CancellationToken cancellationToken)
    {
        using var text = file.OpenText();
        return AlwaysReadyPlan.Try(RequestLog.Read(text, file.Name), seconds: null, most, app, new(), cancellationToken);
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<AlwaysReadyRow> rows, Recommendation recommendation)
    {
        console.Profile.Width = Math.Max(console.Profile.Width, 160);
        var table = new Table { Border = TableBorder.Markdown };
        foreach (var column in (string[])["Always ready", "requests", "cold", "share", "mean wait of those, s", "most instances", "on demand USD", "baseline USD", "working USD", "total USD a month"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var row in rows)
        {
            table.AddRow(((FormattableString[])
            [
                $"{row.AlwaysReady}", $"{row.Requests}", $"{row.Cold}", $"{row.ColdShare:0.####%}", $"{row.MeanWaitSeconds:0.00}", $"{row.MostInstances}",
                $"{row.OnDemand:0.00}", $"{row.Baseline:0.00}", $"{row.Working:0.00}", $"{row.Cost:0.00}",
            ]).Select(cell => cell.ToString(CultureInfo.InvariantCulture)).ToArray());
        }

        console.Write(table);
        console.WriteLine(recommendation.Reason);
    }

    private static Option<int> Number(string name, string description, int value, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < least || result.GetValueOrDefault<int>() > most)
            {
                result.AddError($"{name} must be from {least} to {most}.");
            }
        });
        return option;
    }
}
