using System.Diagnostics;
using System.Globalization;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Local.Lab.Load;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Pricing;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>
/// Calculates what the recent requests to the instances would have cost on Flex Consumption, with the model of tools/ColdStart. Some requests
/// are sent first, so that there is something to calculate.
/// </summary>
internal sealed class PriceExperiment : IExperiment
{
    private const int MostAlwaysReady = 3;
    private const double SecondsPerHour = 3_600;

    public ExperimentDescription Description { get; } = new()
    {
        Name = "price",
        Title = "What this hour would have cost on Flex Consumption",
        Why = "On demand, only the time in which an instance works is paid, and idle time is free. Always-ready instances are paid all the time, but the "
            + "requests that they serve wait for no cold start.",
        Expects = "Always-ready instances make fewer requests wait, and cost more than none for an idle shop.",
        Code = "tools/Measurement/Pricing",
        FileName = "PriceExperiment.cs",
        Seconds = 20,
        Columns =
        [
            ResultColumn.Count("always ready"), ResultColumn.Count("requests"), ResultColumn.Count("requests that waited"), ResultColumn.Seconds("mean wait"),
            new("this hour", "USD", 6), new("a month like this hour", "USD", 2), new("an idle month", "USD", 2),
        ],
        Options =
        [
            ExperimentOption.Choice("memory", "Memory of an instance in MB", "2048", "512", "4096"),
            ExperimentOption.Number("visits", "Reads per second that are sent first", 10, 0, 100),
            ExperimentOption.Number("seconds", "Length of these reads", 10, 1, 60, "s"),
        ],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        await VisitAsync(context, cancellationToken);
        context.Say(0.9, "Simulating the bill.");
        var traffic = context.Cloud.Observer!.Traffic;
        var now = DateTimeOffset.UtcNow;
        // Before the shop was started, nobody used it.
        var since = now.AddHours(-1);
        var delivered = traffic.DeliveredSince(since);
        if (delivered.Count == 0)
        {
            throw new CommandException("No request has reached an instance yet.");
        }

        var start = context.Cloud.Set!.Pools[0].FirstHost?.WorkerStart?.Loaded ?? TimeSpan.FromSeconds(1);
        var app = new FlexApp
        {
            MemoryGb = double.Parse(context.Options["memory"], CultureInfo.InvariantCulture) / 1_024,
            Concurrency = 16,
            ColdStartSeconds = start.TotalSeconds,
            IdleSeconds = 600,
        };
        // The free grants of a month would hide the price of an hour.
        var prices = new FlexPrices { FreeGbSeconds = 0, FreeExecutions = 0 };
        var rows = AlwaysReadyPlan.Simulate(
            delivered.Select(request => new Request(Math.Max(0, (request.At - since).TotalSeconds), request.Duration.TotalSeconds)).OrderBy(request => request.At),
            SecondsPerHour, MostAlwaysReady, app, prices, cancellationToken);
        var share = SecondsPerHour / FlexPrices.SecondsPerMonth;
        foreach (var row in rows)
        {
            context.AddRow(row.AlwaysReady, row.Requests, row.Cold, row.MeanWaitSeconds, row.Cost * share, row.Cost, row.Baseline);
        }

        var (none, one) = (rows[0], rows[1]);
        var enough = Recommendation.Of(rows, mostCold: 0);
        return new(
            one.Cold <= none.Cold && one.Baseline > 0 && none.Baseline == 0,
            $"In this hour, {none.Requests} requests have reached an instance. On demand, they cost {none.Cost * share:0.000000} USD, and {none.Cold} of them wait "
            + $"for a cold start. With one always-ready instance, they cost {one.Cost * share:0.000000} USD, and {one.Cold} wait. "
            + (enough.Row is { } sufficient
                ? $"The smallest number of always-ready instances with which no request waits is {sufficient.AlwaysReady}."
                : $"Even with {MostAlwaysReady} always-ready instances, some requests wait."));
    }

    private static async Task VisitAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        var (rate, seconds) = (context.Options.Number("visits"), context.Options.Number("seconds"));
        if (rate == 0)
        {
            return;
        }

        context.Say(0.1, $"Sending {rate} reads per second for {seconds} s.");
        using var shopper = Shopper.Of(context);
        await OpenLoad.SendAsync(
            OpenLoad.AtRandom(new Random(1), rate, TimeSpan.FromSeconds(seconds)),
            Stopwatch.StartNew(),
            async _ =>
            {
                using var response = await shopper.ReadOrdersAsync(cancellationToken);
                return response is not null;
            },
            cancellationToken);
    }
}
