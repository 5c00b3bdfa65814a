using ServerlessScale.ShardAdvisor.Loads;

namespace ServerlessScale.ShardAdvisor.Keys;

/// <summary>
/// A candidate for the partition key, of one to three levels as in Cosmos DB's hierarchical partition keys
/// (https://learn.microsoft.com/azure/cosmos-db/hierarchical-partition-keys): each level is hashed by itself and the hashes are put one
/// after the other, so that whatever shares the first levels is close together and usually in one physical partition.
/// </summary>
/// <remarks>The hash is not Cosmos DB's own, but as even; which of the partitions is hot differs, how hot does not.</remarks>
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

    /// <summary>Levels are joined by a plus, the parts of one level by a bar.</summary>
    public string Name { get; }

    public KeyParts Parts { get; }

    public int Levels => _levels.Length;

    /// <returns>The candidates, the simplest first.</returns>
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

    /// <summary>The part of a position that all share which agree in the first levels, as a mask.</summary>
    public ulong PrefixMask(int levels)
    {
        var free = 64 - _bits.Take(levels).Sum();
        return free == 0 ? ulong.MaxValue : ~((1UL << free) - 1);
    }

    /// <summary>One order by its id, which carries everything that its place depends on.</summary>
    public Route PointRead(in KeyValues values) => Named([values]);

    /// <summary>
    /// The order that an idempotency key has placed. At the start of a month it may have done so in the month before, which is counted
    /// here.
    /// </summary>
    public Route IdempotencyLookup(in KeyValues values) =>
        Named(Parts.HasFlag(KeyParts.Month) ? [values, values with { Month = values.Month - 1 }] : [values]);

    /// <summary>A customer's orders of the last months up to <paramref name="lastMonth"/>.</summary>
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
