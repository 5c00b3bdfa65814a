using ServerlessScale.ShardAdvisor.Loads;

namespace ServerlessScale.ShardAdvisor.Keys;

/// <summary>
/// A candidate for the partition key. It has one to three levels, like Cosmos DB's hierarchical partition keys
/// (https://learn.microsoft.com/azure/cosmos-db/hierarchical-partition-keys). The levels are hashed separately, and the hashes are then
/// concatenated. Therefore, orders with the same first level have neighbouring positions and are usually in the same physical partition.
/// </summary>
/// <remarks>
/// The hash function is not the one that Cosmos DB uses, but it distributes keys just as evenly. In Cosmos DB, a different partition may
/// therefore be the hottest, but its load would be about the same.
/// </remarks>
internal sealed class PartitionKey
{
    private readonly KeyParts[] _levels;
    private readonly int[] _bits;
    private readonly int _buckets;

    private PartitionKey(string name, int buckets, params KeyParts[] levels)
    {
        Name = name;
        _levels = levels;
        _buckets = buckets;
        _bits = levels.Length switch { 1 => [64], 2 => [32, 32], _ => [32, 16, 16] };
        Parts = levels.Aggregate(KeyParts.None, (all, level) => all | level);
    }

    /// <summary>The name of the key. The levels are separated by plus signs, and the components of a level by vertical bars.</summary>
    public string Name { get; }

    public KeyParts Parts { get; }

    public int Levels => _levels.Length;

    /// <returns>The candidates, from the simplest to the most complex.</returns>
    public static IReadOnlyList<PartitionKey> Candidates(int buckets) =>
    [
        new("month", buckets, KeyParts.Month),
        new("customer", buckets, KeyParts.Customer),
        new("customer+month", buckets, KeyParts.Customer, KeyParts.Month),
        new("customer+month+bucket", buckets, KeyParts.Customer, KeyParts.Month, KeyParts.Bucket),
        new("customer|month|bucket", buckets, KeyParts.Customer | KeyParts.Month | KeyParts.Bucket),
    ];

    public KeyPlace Place(in KeyValues values)
    {
        var (logical, position) = (0UL, 0UL);
        var free = 64;
        for (var level = 0; level < _levels.Length; level++)
        {
            var hash = Hash(_levels[level], values);
            logical = SplitMix64.Mix(logical ^ hash);
            free -= _bits[level];
            position |= hash >> (64 - _bits[level]) << free;
        }
        return new KeyPlace(logical, position);
    }

    /// <summary>Returns a mask for the bits of a position that depend only on the first <paramref name="levels"/> levels.</summary>
    public ulong PrefixMask(int levels)
    {
        var free = 64 - _bits.Take(levels).Sum();
        return free == 0 ? ulong.MaxValue : ~((1UL << free) - 1);
    }

    /// <summary>
    /// Returns the route of a read by order id. The id contains all values that determine which partition stores the order.
    /// </summary>
    public Route PointRead(in KeyValues values) => Named([values]);

    /// <summary>
    /// Returns the route of a lookup by idempotency key. At the beginning of a month, the order may have been placed in the previous month.
    /// The route then includes both months.
    /// </summary>
    public Route IdempotencyLookup(in KeyValues values) =>
        Named(Parts.HasFlag(KeyParts.Month) ? [values, values with { Month = values.Month - 1 }] : [values]);

    /// <summary>
    /// Returns the route of a query for a customer's orders in the months up to and including <paramref name="lastMonth"/>.
    /// </summary>
    public Route List(ulong customer, int lastMonth, int months)
    {
        var known = KeyParts.Customer | (months == 1 ? KeyParts.Month : KeyParts.None);
        var buckets = Parts.HasFlag(KeyParts.Bucket) ? _buckets : 1;
        var logical = (Parts.HasFlag(KeyParts.Month) ? months : 1) * buckets;
        var prefix = _levels.TakeWhile(level => (level & ~known) == KeyParts.None).Count();
        if (prefix > 0)
        {
            var first = Place(new KeyValues(customer, lastMonth, 0)).Position & PrefixMask(prefix);
            return new Route(logical, [new PositionRange(first, first | ~PrefixMask(prefix))]);
        }
        return Named(
        [
            .. from month in Enumerable.Range(lastMonth - months + 1, months)
               from bucket in Enumerable.Range(0, buckets)
               select new KeyValues(customer, month, bucket),
        ]);
    }

    private Route Named(IReadOnlyList<KeyValues> all)
    {
        var places = all.Select(values => Place(values)).Distinct().ToList();
        return new Route(places.Count, [.. places.Select(place => new PositionRange(place.Position, place.Position))]);
    }

    private static ulong Hash(KeyParts level, in KeyValues values)
    {
        var hash = (ulong)level;
        if ((level & KeyParts.Customer) != 0)
        {
            hash = SplitMix64.Mix(hash ^ values.Customer);
        }
        if ((level & KeyParts.Month) != 0)
        {
            hash = SplitMix64.Mix(hash + (ulong)values.Month * 0x9E3779B97F4A7C15);
        }
        if ((level & KeyParts.Bucket) != 0)
        {
            hash = SplitMix64.Mix(hash + (ulong)(values.Bucket + 1) * 0xD1342543DE82EF95);
        }
        return hash;
    }
}

/// <summary>The components of one level of a partition key. They are concatenated into one string.</summary>
[Flags]
internal enum KeyParts
{
    None = 0,
    Customer = 1,
    Month = 2,

    /// <summary>The bucket number, starting at 0. It is derived from the order's idempotency key and is part of the order's id.</summary>
    Bucket = 4,
}

/// <summary>The values that determine which partition stores an order with each candidate key.</summary>
internal readonly record struct KeyValues(ulong Customer, int Month, int Bucket);

/// <param name="Logical">Identifies the logical partition.</param>
/// <param name="Position">The position in the range of hashes. This range is divided among the physical partitions.</param>
internal readonly record struct KeyPlace(ulong Logical, ulong Position);

/// <summary>The partitions that a query reads.</summary>
/// <param name="LogicalPartitions">The number of logical partitions that may contain a result.</param>
/// <param name="Ranges">
/// The ranges of positions to read. There is one range for each logical partition, or a single range for a prefix of the key.
/// </param>
internal sealed record Route(int LogicalPartitions, IReadOnlyList<PositionRange> Ranges);

/// <summary>The positions from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
internal readonly record struct PositionRange(ulong First, ulong Last);
