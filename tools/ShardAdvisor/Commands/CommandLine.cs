using System.CommandLine;
using System.Globalization;
using ServerlessScale.ShardAdvisor.Loads;
using ServerlessScale.ShardAdvisor.Orders;
using ServerlessScale.ShardAdvisor.Reports;

namespace ServerlessScale.ShardAdvisor.Commands;

/// <summary>What can be typed after <c>dotnet run --project tools/ShardAdvisor --</c>. Whatever is not listed here is refused.</summary>
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

    /// <returns>The exit code: 0, or 1 after a failure or bad options.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            return await Root().Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception failure) when (failure is OrderLogException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped before the end of the log.");
            return 1;
        }
    }

    public static RootCommand Root()
    {
        var log = new Argument<FileInfo?>("orders.csv")
        {
            Description = "An order log: CSV with the header timestamp,customerId,bytes and optionally operation (create, read, list), sorted by time.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var shape = new Option<string?>("--generate") { Description = "Makes a load up instead of reading a log." };
        shape.AcceptOnlyFromAmong([.. Shapes.Keys]);
        var orders = Number("--orders", "Orders of the made-up load.", 1_000_000, 1, 10_000_000_000);
        var customers = Number("--customers", "Customers of the made-up load.", 100_000, 1, 1_000_000_000);
        var months = Number("--months", "Months that the made-up load lasts.", 12, 1, 120);
        var seed = Number("--seed", "The same seed makes the same load.", 1, 0, long.MaxValue);
        var requestUnits = Number("--rus", "Throughput of the container in RU/s.", 40_000, 400, 10_000_000);
        var buckets = Number("--buckets", "Buckets of the keys with suffixes.", 8, 2, 1_000);
        var format = new Option<string>("--format") { Description = "How the result is printed.", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong([.. Formats.Keys]);
        var plot = new Option<FileInfo?>("--plot") { Description = "Draws the load of each physical partition over time, as SVG.", HelpName = "FILE" };

        var root = new RootCommand("Replays orders under several partition keys, and says which fits.")
        {
            log, shape, orders, customers, months, seed, requestUnits, buckets, format, plot,
        };
        root.Validators.Add(result =>
        {
            if ((result.GetResult(log) is { Tokens.Count: > 0 }) == (result.GetResult(shape) is { Implicit: false }))
            {
                result.AddError("Give either the file of an order log, or --generate with a kind of load.");
            }
        });
        root.SetAction((parsed, cancellationToken) =>
        {
            var options = new AdvisorOptions
            {
                Log = parsed.GetValue(log),
                Load = parsed.GetValue(shape) is not { } kind ? null : new GeneratedLoad
                {
                    Shape = Shapes[kind],
                    Orders = parsed.GetValue(orders),
                    Customers = parsed.GetValue(customers),
                    Months = (int)parsed.GetValue(months),
                    Seed = (ulong)parsed.GetValue(seed),
                },
                RequestUnits = (int)parsed.GetValue(requestUnits),
                Buckets = (int)parsed.GetValue(buckets),
                Format = Formats[parsed.GetValue(format)!],
                Plot = parsed.GetValue(plot),
            };
            AdvisorRun.Run(options, cancellationToken);
            return Task.FromResult(0);
        });
        return root;
    }

    private static Option<long> Number(string name, string description, long fallback, long least, long most) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            if (long.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= least && number <= most)
            {
                return number;
            }
            result.AddError($"{name} must be a whole number from {least} to {most}.");
            return fallback;
        },
    };
}
