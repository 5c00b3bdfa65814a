using FsCheck;
using FsCheck.Fluent;
using ServerlessScale.ShardAdvisor.Cosmos;
using ServerlessScale.ShardAdvisor.Keys;
using ServerlessScale.ShardAdvisor.Loads;
using ServerlessScale.ShardAdvisor.Orders;
using ServerlessScale.ShardAdvisor.Replay;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

public sealed class OrderReplayTests
{
    private static readonly long MonthStart = Month.Start(2026 * 12);

    private static readonly Lazy<ReplayResult> Uniform = new(() => Run(
        new GeneratedLoad { Shape = LoadShape.Uniform, Orders = 1_000_000, Customers = 50_000, Months = 1, Seed = 1 }.Read(),
        requestUnits: 40_000));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void What_is_asked_for_and_stored_is_the_same_under_every_key_and_all_of_it_is_in_some_partition() =>
        Prop.ForAll<int[]>(numbers =>
        {
            var log = Log(numbers).Where(operation => operation.Kind != OperationKind.List).ToArray();
            var asked = log.Sum(operation => operation.Kind == OperationKind.Create
                ? RequestCharge.Create(operation.Bytes)
                : RequestCharge.Read(operation.Bytes));
            var stored = log.Where(operation => operation.Kind == OperationKind.Create).Sum(operation => (double)operation.Bytes);
            foreach (var key in PartitionKey.Candidates(8))
            {
                var replay = Replay(key, log, requestUnits: 30_000);

                Assert.Equal(log.Length, replay.Operations);
                Assert.Equal(asked, replay.RequestUnits, tolerance: 1e-6 * asked);
                Assert.Equal(asked, replay.Partitions.All.Sum(partition => partition.RequestUnits), tolerance: 1e-6 * asked);
                Assert.Equal(stored, replay.Partitions.All.Sum(partition => partition.StoredBytes), tolerance: 1);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_throughput_for_the_same_partitions_never_throttles_more() =>
        Prop.ForAll<int[], ushort, ushort>((numbers, some, more) =>
        {
            var (small, large) = (400 + Math.Min(some, more) % 9_600, 400 + Math.Max(some, more) % 9_600);
            (small, large) = (Math.Min(small, large), Math.Max(small, large));
            var log = Log(numbers);
            foreach (var key in PartitionKey.Candidates(8))
            {
                Assert.True(Replay(key, log, large).Throttled <= Replay(key, log, small).Throttled, key.Name);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_second_that_asks_for_more_than_the_budget_is_granted_up_to_it_and_the_next_second_starts_anew()
    {
        // 1 RU each; a request is granted as long as anything is left.
        var log = Enumerable.Range(0, 2_000).Select(i => new OrderOperation(MonthStart + i / 1_000, 42, 100, OperationKind.Read)).ToArray();

        var replay = Replay(PartitionKey.Candidates(8)[1], log, requestUnits: 400);

        Assert.Equal(2 * 600, replay.Throttled);
        Assert.Equal(1_000, replay.PeakRequestUnits);
    }

    [Fact]
    public void On_one_partition_every_key_throttles_what_no_key_can_avoid() =>
        Prop.ForAll<int[]>(numbers =>
        {
            if (numbers.Length > 0)
            {
                var result = Run(Log(numbers), requestUnits: 400);

                Assert.All(result.Keys, key => Assert.Equal(result.UnavoidablyThrottledShare, key.ThrottledShare));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_customer_is_throttled_more_than_is_unavoidable_exactly_if_a_second_asks_for_more_than_one_partition_has() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(30), Prop.ForAll<NonEmptyArray<byte>>(bursts =>
        {
            // A second apart, each of up to 71,000 RU; of 40,000 RU/s, the customer's partition has 10,000.
            var log = bursts.Get.SelectMany((reads, second) => Enumerable.Repeat(
                new OrderOperation(MonthStart + second, 42, 2_000_000, OperationKind.Read), 1 + reads)).ToArray();
            var charge = RequestCharge.Read(2_000_000);

            var result = Run(log, requestUnits: 40_000);

            var customer = result.Keys.Single(key => key.Key == "customer");
            Assert.Equal(
                bursts.Get.Any(reads => reads * charge >= 10_000),
                customer.ThrottledShare > result.UnavoidablyThrottledShare);
        }));

    [Theory]
    [InlineData("customer")]
    [InlineData("customer+month")]
    [InlineData("customer+month+bucket")]
    [InlineData("customer|month|bucket")]
    public void A_uniform_load_is_carried_evenly_by_every_key_that_has_the_customer(string key) =>
        Assert.InRange(Uniform.Value.Keys.Single(figures => figures.Key == key).MaxToMean, 1, 1.1);

    [Fact]
    public void Under_the_month_one_partition_carries_everything_at_any_time() =>
        Assert.Equal(4, Uniform.Value.Keys.Single(figures => figures.Key == "month").MaxToMean, precision: 6);

    [Fact]
    public void One_customer_makes_one_hot_partition_unless_the_key_spreads_a_customer()
    {
        var log = Enumerable.Range(0, 20_000).Select(i => new OrderOperation(MonthStart + i / 10, 42, 1_000, OperationKind.Create));

        var hot = Run(log, requestUnits: 40_000).Keys.ToDictionary(key => key.Key, key => key.MaxToMean);

        Assert.Equal(4, hot["customer"], precision: 6);
        Assert.Equal(4, hot["customer+month"], precision: 6);
        // Buckets that are a level of their own stay with the customer until storage, not load, splits the partition.
        Assert.Equal(4, hot["customer+month+bucket"], precision: 6);
        Assert.InRange(hot["customer|month|bucket"], 1, 3);
    }

    [Fact]
    public void Figures_count_logical_partitions_and_the_size_of_the_largest()
    {
        OrderOperation[] log =
        [
            new(MonthStart, 1, 1_000, OperationKind.Create),
            new(MonthStart + 1, 1, 500, OperationKind.Create),
            new(MonthStart + 2, 2, 700, OperationKind.Create),
            new(MonthStart + 3, 3, 900, OperationKind.Read),
            new(Month.Start(2026 * 12 + 1), 1, 200, OperationKind.Create),
        ];

        var figures = Run(log, requestUnits: 40_000).Keys.ToDictionary(key => key.Key);

        Assert.Equal((2, 2_200L), (figures["month"].LogicalPartitions, figures["month"].LargestLogicalBytes));
        Assert.Equal((2, 1_700L), (figures["customer"].LogicalPartitions, figures["customer"].LargestLogicalBytes));
        Assert.Equal((3, 1_500L), (figures["customer+month"].LogicalPartitions, figures["customer+month"].LargestLogicalBytes));
        Assert.NotNull(figures["customer"].YearsUntilFull);
        Assert.Null(figures["customer+month"].YearsUntilFull);
    }

    [Fact]
    public void A_list_asks_each_physical_partition_that_the_customers_month_is_in()
    {
        OrderOperation[] log = [new(MonthStart, 42, 1_000, OperationKind.List)];
        var candidates = PartitionKey.Candidates(64).ToDictionary(key => key.Name);

        Assert.Equal(2.5 + 1, Replay(candidates["customer+month"], log, 40_000).RequestUnits);
        Assert.Equal(4 * (2.5 + 1), Replay(candidates["customer|month|bucket"], log, 40_000).RequestUnits);
    }

    [Fact]
    public void A_replay_stops_when_it_is_told_to()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() =>
            new OrderReplay { RequestUnits = 400, Buckets = 8 }.Run(Log([1, 2, 3]), stopped.Token));
    }

    private static ReplayResult Run(IEnumerable<OrderOperation> log, double requestUnits) =>
        new OrderReplay { RequestUnits = requestUnits, Buckets = 8 }.Run(log, Ct);

    private static KeyReplay Replay(PartitionKey key, OrderOperation[] log, double requestUnits)
    {
        var replay = new KeyReplay(key, 8, requestUnits, MonthStart);
        replay.Apply(log);
        replay.Complete();
        return replay;
    }

    /// <summary>A busy log of few customers, out of anything: up to 2 MB an operation and many in a second.</summary>
    private static OrderOperation[] Log(int[] numbers)
    {
        var second = MonthStart;
        return
        [
            .. numbers.Select(number =>
            {
                var bits = (uint)number;
                second += bits % 7 == 0 ? bits % 100_000 : 0;
                var kind = (OperationKind)(bits / 7 % 3);
                return new OrderOperation(second, bits / 21 % 5, 1 + (int)(bits * 2_654_435_761 % 2_097_152), kind);
            }),
        ];
    }
}
