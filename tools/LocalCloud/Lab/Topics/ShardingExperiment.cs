using System.Globalization;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.ShardAdvisor.Keys;
using ServerlessScale.ShardAdvisor.Loads;
using ServerlessScale.ShardAdvisor.Orders;
using ServerlessScale.ShardAdvisor.Replay;
using ServerlessScale.ShardAdvisor.Reports;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>Places generated orders under each candidate key, with the engine of tools/ShardAdvisor.</summary>
internal sealed class ShardingExperiment : IExperiment
{
    /// <summary>The key of the shop's orders (src/Shared/Orders/Stores).</summary>
    private const string KeyOfTheShop = ShopKey.Name;

    private const int RequestUnits = 40_000;
    private const int Buckets = 8;
    private const int Months = 12;
    private const int Customers = 1_000;

    private static readonly Dictionary<string, LoadShape> Shapes = new()
    {
        ["zipf"] = LoadShape.Zipf,
        ["uniform"] = LoadShape.Uniform,
        ["whale"] = LoadShape.Whale,
        ["black-friday"] = LoadShape.BlackFriday,
    };

    public ExperimentDescription Description { get; } = new()
    {
        Name = "sharding",
        Title = "Where the orders of a year go under each partition key",
        Why = "A store with many partitions is only as fast as its busiest partition. The partition key decides which orders share a partition, and cannot be "
            + "changed without copying all orders.",
        Expects = "With the month as the key, all orders of a month are in one partition. With the shop's key, they are spread over all partitions.",
        Code = "tools/ShardAdvisor",
        FileName = "ShardingExperiment.cs",
        Seconds = 5,
        Columns =
        [
            ResultColumn.Text("key"), ResultColumn.Count("logical partitions"), new("hottest partition of a month", "%", 1),
            new("largest logical partition", "orders", 0), ResultColumn.Text("a customer's month"), ResultColumn.Text("a customer's year"), ResultColumn.Text("used by"),
        ],
        Options =
        [
            ExperimentOption.Choice("load", "Customers", [.. Shapes.Keys]),
            ExperimentOption.Number("orders", "Orders", 10_000, 1_000, 200_000),
        ],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        context.Say(0.1, "Generating orders, and replaying them under each key.");
        var (operations, result) = await Task.Run(
            () =>
            {
                OrderOperation[] orders =
                [
                    .. new GeneratedLoad
                    {
                        Shape = Shapes[context.Options["load"]],
                        Orders = context.Options.Number("orders"),
                        Customers = Customers,
                        Months = Months,
                        Seed = 1,
                    }.Read(),
                ];
                return (orders, new OrderReplay { RequestUnits = RequestUnits, Buckets = Buckets }.Run(orders, cancellationToken));
            },
            cancellationToken);
        var advice = Advice.From(result);
        var hottest = new Dictionary<string, double>();
        foreach (var (key, figures) in PartitionKey.Candidates(Buckets).Zip(result.Keys))
        {
            var placement = new Placement(key, operations);
            hottest[key.Name] = placement.HottestShare;
            context.AddHeatMap(placement.Map);
            context.AddRow(
                key.Name, figures.LogicalPartitions, 100 * placement.HottestShare, placement.LargestLogical, FanOut(figures, "a customer's month"),
                FanOut(figures, "a customer's year"),
                string.Join(", ", new[] { key.Name == advice.Key ? "the advisor" : null, key.Name == KeyOfTheShop ? "the shop" : null }.OfType<string>()));
        }

        return new(
            hottest["month"] > 0.99 && hottest[KeyOfTheShop] < 0.6,
            $"With the month as the key, {hottest["month"]:0 %} of a month's orders are in its hottest partition, and {hottest[KeyOfTheShop]:0 %} with the shop's "
            + $"key. {ShopKey.Explain(advice.Key)}");
    }

    private static string FanOut(KeyFigures figures, string query)
    {
        var found = figures.Queries.Single(each => each.Query == query);
        return string.Create(CultureInfo.InvariantCulture, $"{found.LogicalPartitions} in {found.Physical}");
    }

    /// <summary>The orders in each physical partition in each month.</summary>
    private sealed class Placement
    {
        public Placement(PartitionKey key, OrderOperation[] orders)
        {
            var partitions = new PhysicalPartitions(key, RequestUnits);
            var counts = new double[partitions.Count, Months];
            var logical = new Dictionary<ulong, int>();
            var random = new SplitMix64(2);
            var first = Month.Of(orders[0].Second);
            foreach (var order in orders)
            {
                var month = Month.Of(order.Second);
                var place = key.Place(new(order.Customer, month, (int)random.NextBelow(Buckets)));
                counts[partitions.Find(place.Position), month - first]++;
                logical[place.Logical] = logical.GetValueOrDefault(place.Logical) + 1;
            }

            LargestLogical = logical.Values.Max();
            HottestShare = Enumerable.Range(0, Months)
                .Select(month => Enumerable.Range(0, partitions.Count).Select(partition => counts[partition, month]).ToList())
                .Where(month => month.Sum() > 0)
                .Average(month => month.Max() / month.Sum());
            Map = new(
                key.Name,
                "orders",
                [.. Enumerable.Range(1, partitions.Count).Select(number => $"partition {number}")],
                [.. Enumerable.Range(first, Months).Select(month => DateTimeOffset.FromUnixTimeSeconds(Month.Start(month)).ToString("yyyy-MM", CultureInfo.InvariantCulture))],
                [.. Enumerable.Range(0, partitions.Count).Select(partition => (IReadOnlyList<double>)[.. Enumerable.Range(0, Months).Select(month => counts[partition, month])])]);
        }

        /// <summary>The share of a month's orders that are in its hottest partition, as the mean over the months.</summary>
        public double HottestShare { get; }

        /// <summary>The number of orders in the largest logical partition.</summary>
        public int LargestLogical { get; }

        public HeatMap Map { get; }
    }
}
