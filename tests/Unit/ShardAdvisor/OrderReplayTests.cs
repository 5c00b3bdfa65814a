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
    public void A_replay_counts_all_charges_and_bytes_for_every_key() =>
        Prop.ForAll<int[]>(numbers =>
        {
            var log = Log(numbers).Where(operation => operation.Kind != OperationKind.List).ToArray();
            var charged = log.Sum(operation => operation.Kind == OperationKind.Create
                ? RequestCharge.Create(operation.Bytes)
                : RequestCharge.Read(operation.Bytes));
            var stored = log.Where(operation => operation.Kind == OperationKind.Create).Sum(operation => (double)operation.Bytes);
            foreach (var key in PartitionKey.Candidates(8))
            {
                var replay = Replay(key, log, requestUnits: 30_000);

                Assert.Equal(log.Length, replay.Operations);
                Assert.Equal(charged, replay.RequestUnits, tolerance: 1e-6 * charged);
                Assert.Equal(charged, replay.Partitions.All.Sum(partition => partition.RequestUnits), tolerance: 1e-6 * charged);
                Assert.Equal(stored, replay.Partitions.All.Sum(partition => partition.StoredBytes), tolerance: 1);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_throughput_never_increases_throttling() =>
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
    public void Each_second_has_its_own_request_unit_budget()
    {
        // Each read costs 1 RU and succeeds as long as any budget is left.
        var log = Enumerable.Range(0, 2_000).Select(i => new OrderOperation(MonthStart + i / 1_000, 42, 100, OperationKind.Read)).ToArray();

        var replay = Replay(PartitionKey.Candidates(8)[1], log, requestUnits: 400);

        Assert.Equal(2 * 600, replay.Throttled);
        Assert.Equal(1_000, replay.PeakRequestUnits);
    }

    [Fact]
    public void A_single_partition_causes_only_unavoidable_throttling_with_any_key() =>
        Prop.ForAll<int[]>(numbers =>
        {
            if (numbers.Length > 0)
            {
                var result = Run(Log(numbers), requestUnits: 400);

                Assert.All(result.Keys, key => Assert.Equal(result.UnavoidablyThrottledShare, key.ThrottledShare));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_single_customer_is_limited_to_the_budget_of_one_partition() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(30), Prop.ForAll<NonEmptyArray<byte>>(bursts =>
        {
            // There is one burst per second. A burst costs up to 71,000 RU. The customer's partition has 10,000 of the 40,000 RU/s.
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
    public void Keys_that_include_the_customer_distribute_uniform_load_evenly(string key) =>
        Assert.InRange(Uniform.Value.Keys.Single(figures => figures.Key == key).MaxToMean, 1, 1.1);

    [Fact]
    public void The_month_partition_key_loads_one_partition_at_a_time() =>
        Assert.Equal(4, Uniform.Value.Keys.Single(figures => figures.Key == "month").MaxToMean, precision: 6);

    [Fact]
    public void Only_the_concatenated_key_distributes_the_load_of_a_single_customer()
    {
        var log = Enumerable.Range(0, 20_000).Select(i => new OrderOperation(MonthStart + i / 10, 42, 1_000, OperationKind.Create));

        var hot = Run(log, requestUnits: 40_000).Keys.ToDictionary(key => key.Key, key => key.MaxToMean);

        Assert.Equal(4, hot["customer"], precision: 6);
        Assert.Equal(4, hot["customer+month"], precision: 6);
        // If the bucket is a separate level of the key, a customer's buckets are in one physical partition until that partition is split.
        // Only storage size causes a split.
        Assert.Equal(4, hot["customer+month+bucket"], precision: 6);
        Assert.InRange(hot["customer|month|bucket"], 1, 3);
    }

    [Fact]
    public void The_figures_include_the_number_and_size_of_logical_partitions()
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
    public void Listing_a_month_reads_every_partition_that_may_contain_its_orders()
    {
        OrderOperation[] log = [new(MonthStart, 42, 1_000, OperationKind.List)];
        var candidates = PartitionKey.Candidates(64).ToDictionary(key => key.Name);

        Assert.Equal(2.5 + 1, Replay(candidates["customer+month"], log, 40_000).RequestUnits);
        Assert.Equal(4 * (2.5 + 1), Replay(candidates["customer|month|bucket"], log, 40_000).RequestUnits);
    }

    [Fact]
    public void An_order_replay_can_be_cancelled()
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

    /// <summary>
    /// Derives an order log from arbitrary numbers. The log has five customers, up to 2 MB per operation and many operations per second.
    /// </summary>
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
