using System.CommandLine;
using ServerlessScale.ColdStart.AlwaysReady;
using ServerlessScale.ColdStart.Reports;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Pricing;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>The <c>always-ready</c> command, which estimates the cold starts and the cost of an app with always-ready instances.</summary>
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
            Description = "A request log in CSV with the columns timestamp and durationMs, sorted by time.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var shape = new Option<string?>("--generate") { Description = "Generates traffic instead of reading a log." };
        shape.AcceptOnlyFromAmong([.. Shapes.Keys]);
        var perDay = NumberOption.Create("--requests-per-day", "The mean number of generated requests per day.", 20_000, 1, 10_000_000);
        var days = NumberOption.Create("--days", "The number of days of traffic to generate.", 30, 1, 366);
        var duration = NumberOption.Create("--duration", "The mean duration of a generated request in milliseconds.", 120, 1, 600_000);
        var seed = NumberOption.Create(
            "--seed", "The seed for the random number generator. The same seed generates the same traffic.", 1, 0, int.MaxValue - 1);
        var memory = new Option<int>("--memory") { Description = "The memory of an instance in MB: 512, 2048 or 4096.", HelpName = "MB", DefaultValueFactory = _ => 2048 };
        memory.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is not (512 or 2048 or 4096))
            {
                result.AddError("--memory must be 512, 2048 or 4096.");
            }
        });
        var concurrency = NumberOption.Create("--concurrency", "The number of requests that an instance handles concurrently.", 16, 1, 1_000);
        var coldStart = NumberOption.Create(
            "--cold-start",
            "The time in milliseconds from the request that starts an instance until the instance is ready.", 1_500, 1, 600_000);
        var idle = NumberOption.Create(
            "--idle", "The time in seconds that an on-demand instance is idle before it stops. Azure does not document this time.", 300, 1, 86_400);
        var most = NumberOption.Create("--most", "The maximum number of always-ready instances to simulate.", 5, 0, 100);
        var allowed = new Option<double>("--allow")
        {
            Description = "The maximum allowed percentage of requests with a cold start.",
            HelpName = "PERCENT",
            DefaultValueFactory = _ => 0.1,
        };
        allowed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 100))
            {
                result.AddError("--allow must be from 0 to 100.");
            }
        });
        var plot = new Option<FileInfo?>("--plot") { Description = "Writes a plot of cold starts and costs to an SVG file.", HelpName = "FILE" };
        var command = new Command(
            "always-ready",
            "Simulates an app in the Flex Consumption plan with 0 to --most always-ready instances. Prints the cold starts and the "
            + "monthly cost for each number of instances.")
        {
            log, shape, perDay, days, duration, seed, memory, concurrency, coldStart, idle, most, allowed, plot,
        };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(log) is null) == (result.GetValue(shape) is null))
            {
                result.AddError("Specify either a request log or --generate.");
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
            Write(rows, recommendation);
            if (parsed.GetValue(plot) is { } target)
            {
                await File.WriteAllTextAsync(target.FullName, CostPlot.Draw(rows, recommendation.Row), cancellationToken);
            }

            IReadOnlyList<AlwaysReadyRow> Generated()
            {
                var traffic = new GeneratedTraffic(
                    Shapes[parsed.GetValue(shape)!], parsed.GetValue(perDay), parsed.GetValue(days), parsed.GetValue(duration) / 1000d, parsed.GetValue(seed));
                return AlwaysReadyPlan.Simulate(traffic.Requests(), traffic.Seconds, parsed.GetValue(most), app, new(), cancellationToken);
            }
        });
        return command;
    }

    private static IReadOnlyList<AlwaysReadyRow> FromLog(FileInfo file, int most, FlexApp app, CancellationToken cancellationToken)
    {
        using var text = file.OpenText();
        return AlwaysReadyPlan.Simulate(RequestLog.Read(text, file.Name), seconds: null, most, app, new(), cancellationToken);
    }

    private static void Write(IReadOnlyList<AlwaysReadyRow> rows, Recommendation recommendation)
    {
        var table = new MarkdownTable(
            "Always ready", "requests", "cold", "share", "mean wait if cold, s", "peak instances", "on-demand USD",
            "always-ready baseline USD", "always-ready execution USD", "total USD per month");
        foreach (var row in rows)
        {
            table.Add(
                $"{row.AlwaysReady}", $"{row.Requests}", $"{row.Cold}", $"{row.ColdShare:0.####%}", $"{row.MeanWaitSeconds:0.00}", $"{row.MostInstances}",
                $"{row.OnDemand:0.00}", $"{row.Baseline:0.00}", $"{row.Working:0.00}", $"{row.Cost:0.00}");
        }

        table.Write(Console.Out);
        Console.WriteLine();
        Console.WriteLine(recommendation.Reason);
    }
}
