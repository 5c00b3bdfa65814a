using FsCheck;
using FsCheck.Fluent;
using ServerlessScale.ShardAdvisor.Loads;
using ServerlessScale.ShardAdvisor.Orders;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

public sealed class GeneratedLoadTests
{
    private const int Orders = 20_000;

    [Fact]
    public void The_requested_number_of_sorted_orders_is_generated() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(10), Prop.ForAll<byte, byte, ushort>((shape, months, orders) =>
        {
            var load = Load((LoadShape)(shape % 4), months: 1 + months % 3, orders: 1 + orders);

            var seconds = load.Read().Select(operation => operation.Second).ToList();

            Assert.Equal(load.Orders, seconds.Count);
            Assert.Equal(seconds.Order(), seconds);
            Assert.True(seconds[0] >= Month.Start(2026 * 12));
            Assert.True(seconds[^1] < Month.Start(2026 * 12 + load.Months));
        }));

    [Fact]
    public void The_generated_load_depends_only_on_the_seed()
    {
        var first = Load(LoadShape.Zipf, seed: 7).Read().ToList();

        Assert.Equal(first, Load(LoadShape.Zipf, seed: 7).Read());
        Assert.NotEqual(first, Load(LoadShape.Zipf, seed: 8).Read());
    }

    [Fact]
    public void Uniform_customers_place_about_the_same_number_of_orders()
    {
        var counts = CustomerCounts(Load(LoadShape.Uniform, customers: 10));

        // Each customer is expected to place 2,000 orders. Six standard deviations are 255 orders.
        Assert.Equal(10, counts.Count);
        Assert.All(counts, count => Assert.InRange(count, 1745, 2255));
    }

    [Fact]
    public void Zipf_customers_place_orders_in_inverse_proportion_to_their_rank()
    {
        var counts = CustomerCounts(Load(LoadShape.Zipf, customers: 100));
        var harmonic = Enumerable.Range(1, 100).Sum(rank => 1.0 / rank);

        foreach (var rank in new[] { 1, 2, 3, 10 })
        {
            var expected = Orders / harmonic / rank;
            Assert.InRange(counts[rank - 1], expected - 6 * Math.Sqrt(expected), expected + 6 * Math.Sqrt(expected));
        }
    }

    [Fact]
    public void The_whale_customer_places_two_fifths_of_all_orders_and_only_at_night()
    {
        var load = Load(LoadShape.Whale).Read().ToList();
        var whale = load.GroupBy(operation => operation.Customer).MaxBy(group => group.Count())!;

        Assert.InRange(whale.Count() / (double)Orders, 0.38, 0.42);
        Assert.All(whale, operation => Assert.InRange(operation.Second % 86_400, 7200, 7499));
    }

    [Fact]
    public void A_tenth_of_the_generated_orders_are_placed_on_Black_Friday()
    {
        var days = Load(LoadShape.BlackFriday, months: 12).Read()
            .GroupBy(operation => DateTimeOffset.FromUnixTimeSeconds(operation.Second).Date)
            .ToDictionary(group => group.Key, group => group.Count() / (double)Orders);

        // Black Friday also receives its usual share of the remaining orders, which is 0.9 / 365 of all orders.
        Assert.InRange(days[new DateTime(2026, 11, 27)], 0.09, 0.115);
        Assert.All(days.Where(day => day.Key != new DateTime(2026, 11, 27)), day => Assert.InRange(day.Value, 0, 0.006));
    }

    private static GeneratedLoad Load(LoadShape shape, int customers = 1000, int months = 2, int orders = Orders, ulong seed = 1) => new()
    {
        Shape = shape,
        Orders = orders,
        Customers = customers,
        Months = months,
        Seed = seed,
    };

    private static List<int> CustomerCounts(GeneratedLoad load) =>
        [.. load.Read().CountBy(operation => operation.Customer).Select(customer => customer.Value).OrderDescending()];
}
