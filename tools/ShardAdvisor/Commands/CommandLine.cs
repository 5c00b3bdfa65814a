using System.CommandLine;
using ServerlessScale.Measurement;
using ServerlessScale.ShardAdvisor.Loads;
using ServerlessScale.ShardAdvisor.Reports;

namespace ServerlessScale.ShardAdvisor.Commands;

/// <summary>The command line of <c>dotnet run --project tools/ShardAdvisor --</c>.</summary>
internal static class CommandLine
{
    private static readonly Dictionary<string, LoadShape> Shapes = new()
    {
        ["uniform"] = LoadShape.Uniform,
        ["zipf"] = LoadShape.Zipf,
        ["whale"] = LoadShape.Whale,
        ["black-friday"] = LoadShape.BlackFriday,
    };

    private static readonly Dictionary<string, ReportFormat> Formats = new()
    {
        ["table"] = ReportFormat.Table,
        ["plain"] = ReportFormat.Plain,
        ["csv"] = ReportFormat.Csv,
        ["json"] = ReportFormat.Json,
    };

    public static RootCommand Root()
    {
        var log = new Argument<FileInfo?>("orders.csv")
        {
            Description = "An order log in CSV format, sorted by time. Its columns are timestamp, customerId, bytes and, optionally, "
                + "operation (create, read or list).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var shape = new Option<string?>("--generate") { Description = "Generates a load instead of reading a log." };
        shape.AcceptOnlyFromAmong([.. Shapes.Keys]);
        var orders = NumberOption.Create("--orders", "Number of orders in the generated load.", 1_000_000, 1, 10_000_000_000);
        var customers = NumberOption.Create("--customers", "Number of customers in the generated load.", 100_000L, 1, 1_000_000_000);
        var months = NumberOption.Create("--months", "Length of the generated load in months.", 12, 1, 120);
        var seed = NumberOption.Create(
            "--seed", "Seed for the random number generator. The same seed generates the same load.", 1, 0, long.MaxValue);
        var requestUnits = NumberOption.Create("--rus", "Throughput of the container in RU/s.", 40_000, 400, 10_000_000);
        var buckets = NumberOption.Create("--buckets", "Number of buckets, for keys that contain a bucket.", 8, 2, 1_000);
        var format = new Option<string>("--format") { Description = "The format of the report.", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong([.. Formats.Keys]);
        var plot = new Option<FileInfo?>("--plot") { Description = "Draws the load of each physical partition over time into an SVG file.", HelpName = "FILE" };

        var root = new RootCommand("Replays orders with several partition keys, and recommends the key that fits the load best.")
        {
            log, shape, orders, customers, months, seed, requestUnits, buckets, format, plot,
        };
        root.Validators.Add(result =>
        {
            if ((result.GetResult(log) is { Tokens.Count: > 0 }) == (result.GetResult(shape) is { Implicit: false }))
            {
                result.AddError("Specify either an order log file or --generate with a kind of load.");
            }
        });
        root.SetAction((parsed, cancellationToken) => AdvisorRun.RunAsync(
            new AdvisorOptions
            {
                Log = parsed.GetValue(log),
                Load = parsed.GetValue(shape) is not { } kind ? null : new GeneratedLoad
                {
                    Shape = Shapes[kind],
                    Orders = parsed.GetValue(orders),
                    Customers = parsed.GetValue(customers),
                    Months = parsed.GetValue(months),
                    Seed = (ulong)parsed.GetValue(seed),
                },
                RequestUnits = parsed.GetValue(requestUnits),
                Buckets = parsed.GetValue(buckets),
                Format = Formats[parsed.GetValue(format)!],
                Plot = parsed.GetValue(plot),
            },
            cancellationToken));
        return root;
    }
}
