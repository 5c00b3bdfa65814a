using ServerlessScale.Measurement;
using ServerlessScale.ShardAdvisor.Cosmos;
using ServerlessScale.ShardAdvisor.Keys;
using ServerlessScale.ShardAdvisor.Orders;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>
/// Replays an order log with all candidate keys in one pass. The memory usage does not grow with the log. Every operation is replayed, not
/// just a sample. The number of logical partitions and the sizes of small logical partitions are estimates. All other figures are exact.
/// </summary>
internal sealed class OrderReplay
{
    private const int BatchSize = 1 << 15;
    private const int MonthsListed = 12;
    private const double SecondsPerYear = 365.25 * 86_400;

    /// <summary>The throughput of the container in RU/s.</summary>
    public required double RequestUnits { get; init; }

    /// <summary>The number of buckets, for keys that contain a bucket.</summary>
    public required int Buckets { get; init; }

    /// <param name="operations">At least one operation, sorted by time.</param>
    /// <param name="cancellationToken">Stops the replay.</param>
    /// <exception cref="CommandException">A line of the log is malformed.</exception>
    public ReplayResult Run(IEnumerable<OrderOperation> operations, CancellationToken cancellationToken)
    {
        using var log = operations.GetEnumerator();
        var batch = new OrderOperation[BatchSize];
        var count = Fill(batch, log);
        var first = batch[0].Second;
        var replays = PartitionKey.Candidates(Buckets).Select(key => new KeyReplay(key, Buckets, RequestUnits, first)).ToList();
        var even = new EvenSpread(RequestUnits);
        var sample = new OperationSample();
        var (last, stored) = (first, 0.0);
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        for (; count > 0; count = Fill(batch, log))
        {
            var size = count;
            Parallel.ForEach(replays, parallel, replay => replay.Apply(batch.AsSpan(0, size)));
            even.Apply(batch.AsSpan(0, size));
            sample.Add(batch.AsSpan(0, size));
            last = batch[size - 1].Second;
            stored += batch.Take(size).Where(operation => operation.Kind == OperationKind.Create).Sum(operation => (double)operation.Bytes);
        }
        replays.ForEach(replay => replay.Complete());
        return new ReplayResult
        {
            Operations = replays[0].Operations,
            From = DateTimeOffset.FromUnixTimeSeconds(first),
            To = DateTimeOffset.FromUnixTimeSeconds(last),
            StoredBytes = stored,
            RequestUnits = RequestUnits,
            PeakRequestUnits = even.Peak,
            UnavoidablyThrottledShare = even.Throttled / (double)replays[0].Operations,
            Keys = [.. replays.Select(replay => Figures(replay, sample.All, last - first + 1))],
            Timelines = [.. replays.Select(replay => new KeyTimeline(
                replay.Timeline, [.. replay.Partitions.All.Select(partition => partition.StoredBytes)]))],
        };
    }

    private static int Fill(OrderOperation[] batch, IEnumerator<OrderOperation> log)
    {
        var count = 0;
        while (count < batch.Length && log.MoveNext())
        {
            batch[count++] = log.Current;
        }
        return count;
    }

    private static KeyFigures Figures(KeyReplay replay, IReadOnlyList<OrderOperation> sample, long seconds)
    {
        var (atLeast, atMost) = replay.LargestLogicalPartition;
        var monthly = replay.Key.Parts.HasFlag(KeyParts.Month);
        double? years = CosmosLimits.LogicalPartitionBytes / (double)Math.Max(1, atMost) * seconds / SecondsPerYear;
        return new KeyFigures
        {
            Key = replay.Key.Name,
            LogicalPartitions = replay.LogicalPartitions,
            PhysicalPartitions = replay.Partitions.Count,
            MaxToMean = replay.HottestToMean,
            P99RequestUnits = replay.P99RequestUnits,
            PeakRequestUnits = replay.PeakRequestUnits,
            BudgetRequestUnits = replay.Partitions.Budget,
            ThrottledShare = replay.Throttled / (double)replay.Operations,
            LargestLogicalBytes = atMost,
            LargestLogicalBytesAtLeast = atLeast,
            YearsUntilFull = monthly ? null : years,
            Queries = FanOuts(replay, sample),
        };
    }

    private static List<QueryFanOut> FanOuts(KeyReplay replay, IReadOnlyList<OrderOperation> sample)
    {
        var (key, partitions) = (replay.Key, replay.Partitions);
        return
        [
            Measure("an order by its id", operation => key.PointRead(Values(operation))),
            Measure("an idempotency key", operation => key.IdempotencyLookup(Values(operation))),
            Measure("a customer's month", operation => key.List(operation.Customer, Month.Of(operation.Second), months: 1)),
            Measure("a customer's year", operation => key.List(operation.Customer, Month.Of(operation.Second), MonthsListed)),
        ];

        // The number of partitions that a query reads does not depend on the order's bucket, so any bucket can be used here.
        KeyValues Values(OrderOperation operation) => new(operation.Customer, Month.Of(operation.Second), 0);

        QueryFanOut Measure(string query, Func<OrderOperation, Route> route)
        {
            var routes = sample.Select(route).ToList();
            var physical = routes.Select(found => partitions.Find(found).Count).Order().ToList();
            return new QueryFanOut(query, routes.Max(found => found.LogicalPartitions), physical[physical.Count / 2], physical[^1]);
        }
    }
}
