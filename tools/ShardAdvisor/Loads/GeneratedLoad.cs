using ServerlessScale.ShardAdvisor.Orders;

namespace ServerlessScale.ShardAdvisor.Loads;

/// <summary>
/// An order log that is generated while it is being read. The log starts on 2026-01-01. Orders arrive as a Poisson process whose rate
/// depends on the kind of load. The same settings generate the same log.
/// </summary>
internal sealed class GeneratedLoad
{
    private const int SecondsPerDay = 86_400;

    private const double WhaleShare = 0.4;
    private const int ImportStart = 2 * 3600;
    private const int ImportSeconds = 300;

    private const double BlackFridayShare = 0.1;
    private const double RushShare = 0.25;
    private const int RushStart = 9 * 3600;
    private const int RushSeconds = 3600;

    /// <summary>
    /// The size in bytes of an order without order lines. The order is stored as JSON with the properties that the store adds.
    /// </summary>
    private const int OrderBytes = 650;

    /// <summary>The size in bytes of each line of an order.</summary>
    private const int LineBytes = 75;
    private const double MeanLines = 4;
    private const int MostLines = 100;

    private const int FirstMonth = 2026 * 12;

    private static readonly double[] Day = [.. Enumerable.Range(0, SecondsPerDay).Select(second =>
        1 + 0.6 * Math.Sin((second - 13 * 3600) * 2 * Math.PI / SecondsPerDay))];

    public required LoadShape Shape { get; init; }

    /// <summary>The exact number of orders in the log.</summary>
    public required long Orders { get; init; }

    public required long Customers { get; init; }

    public required int Months { get; init; }

    public required ulong Seed { get; init; }

    public IEnumerable<OrderOperation> Read()
    {
        var random = new SplitMix64(Seed);
        var zipf = new ZipfRanks(Customers);
        var (start, end) = (Month.Start(FirstMonth), Month.Start(FirstMonth + Months));
        var blackFriday = BlackFriday();
        var remainingOrders = Orders;
        var remainingWeight = (double)(end - start);
        // The next order is due when the expected number of orders has increased by an exponentially distributed amount.
        var (expected, due) = (0.0, random.NextExponential());
        for (var second = start; second < end && remainingOrders > 0; second++)
        {
            var (usual, import) = Weights(second, blackFriday, end - start);
            var weight = usual + import;
            // The rate is computed from the number of remaining orders, so that the total is exact and no orders pile up at the end.
            expected += remainingOrders * Math.Min(1, weight / remainingWeight);
            remainingWeight -= weight;
            while ((due <= expected || second == end - 1) && remainingOrders > 0)
            {
                due += random.NextExponential();
                remainingOrders--;
                yield return new OrderOperation(second, Customer(import / weight, zipf, ref random), Size(ref random), OperationKind.Create);
            }
        }
    }

    /// <returns>
    /// The relative rates, in the given second, of ordinary orders and of orders that the whale imports. Over all seconds, the sum of the
    /// two rates has a mean of 1.
    /// </returns>
    private (double Usual, double Import) Weights(long second, long blackFriday, long seconds)
    {
        var inDay = (int)(second % SecondsPerDay);
        var day = Day[inDay];
        switch (Shape)
        {
            case LoadShape.Whale:
                var importing = inDay is >= ImportStart and < ImportStart + ImportSeconds;
                return ((1 - WhaleShare) * day, importing ? WhaleShare * SecondsPerDay / ImportSeconds : 0);
            case LoadShape.BlackFriday:
                var weight = (1 - BlackFridayShare) * day;
                if (second - inDay == blackFriday)
                {
                    var rush = inDay is >= RushStart and < RushStart + RushSeconds ? RushShare / RushSeconds : 0;
                    weight += BlackFridayShare * seconds * (rush + (1 - RushShare) * day / SecondsPerDay);
                }
                return (weight, 0);
            default:
                return (day, 0);
        }
    }

    /// <summary>
    /// Draws the number of a customer and returns its hash, which identifies the customer in the log. Number 0 is the whale.
    /// </summary>
    private ulong Customer(double importShare, ZipfRanks zipf, ref SplitMix64 random)
    {
        var number = Shape switch
        {
            LoadShape.Zipf => (ulong)zipf.Next(ref random),
            LoadShape.Whale when random.NextDouble() < importShare => 0UL,
            _ => 1 + random.NextBelow((ulong)Customers),
        };
        return SplitMix64.Mix(number + 0x9E3779B97F4A7C15);
    }

    /// <summary>Draws the size of an order. The number of its lines has a geometric distribution.</summary>
    private static int Size(ref SplitMix64 random)
    {
        var lines = 1 + (int)(random.NextExponential() / Math.Log(MeanLines / (MeanLines - 1)));
        return OrderBytes + LineBytes * Math.Min(lines, MostLines);
    }

    private long BlackFriday()
    {
        var first = Month.Start(FirstMonth + Math.Max(0, Months - 2));
        var weekday = DateTimeOffset.FromUnixTimeSeconds(first).DayOfWeek;
        return first + ((DayOfWeek.Friday - weekday + 7) % 7 + 21) * (long)SecondsPerDay;
    }
}

/// <summary>
/// The kinds of generated load. In all kinds, the rate depends on the time of day. At 19:00 UTC it is four times as high as at 07:00.
/// </summary>
internal enum LoadShape
{
    /// <summary>Every customer is equally likely to order.</summary>
    Uniform,

    /// <summary>The probability that an order belongs to the customer with rank k is proportional to 1/k.</summary>
    Zipf,

    /// <summary>
    /// Two in five orders belong to one customer (the whale) and are imported every night within five minutes. The other orders are
    /// distributed uniformly among the other customers.
    /// </summary>
    Whale,

    /// <summary>
    /// One tenth of all orders are placed on the fourth Friday of the second-to-last month, and a quarter of these within one hour. Every
    /// customer is equally likely to order.
    /// </summary>
    BlackFriday,
}
