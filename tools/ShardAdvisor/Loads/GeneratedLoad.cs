using ServerlessScale.ShardAdvisor.Orders;

namespace ServerlessScale.ShardAdvisor.Loads;

/// <summary>
/// An order log that is made up as it is read: orders arrive as a Poisson process whose rate follows the load's shape, from
/// 2026-01-01 on. The same settings give the same log.
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

    /// <summary>What an order is as JSON with the store's own properties, and each of its lines.</summary>
    private const int OrderBytes = 650;
    private const int LineBytes = 75;
    private const double MeanLines = 4;
    private const int MostLines = 100;

    private const int FirstMonth = 2026 * 12;

    private static readonly double[] Day = [.. Enumerable.Range(0, SecondsPerDay).Select(second =>
        1 + 0.6 * Math.Sin((second - 13 * 3600) * 2 * Math.PI / SecondsPerDay))];

    public required LoadShape Shape { get; init; }

    /// <summary>Exactly so many are placed.</summary>
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
        // An order is due whenever the expected number of orders so far has grown by another exponentially distributed step.
        var (expected, due) = (0.0, random.NextExponential());
        for (var second = start; second < end && remainingOrders > 0; second++)
        {
            var (usual, import) = Weights(second, blackFriday, end - start);
            var weight = usual + import;
            // The rate follows what is left, so that the whole comes out exact without a rush at the end.
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

    /// <returns>How many orders a second has, where the mean over all seconds is 1: those of everybody, and the whale's.</returns>
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

    /// <summary>Customers are hashed as those of a log are; number 0 is the whale.</summary>
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

    /// <summary>The number of lines is distributed geometrically.</summary>
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
