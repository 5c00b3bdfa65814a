using ServerlessScale.ShardAdvisor.Loads;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>
/// A random sample of the positions of the orders in a physical partition. With the sample, a split position can be chosen without storing
/// all positions. The probability that an order is in the sample is proportional to its size in bytes (Chao, A general purpose unequal
/// probability sampling plan, 1982).
/// </summary>
internal sealed class PartitionSample
{
    private const int Size = 1024;

    private readonly ulong[] _positions = new ulong[Size];
    private int _count;
    private double _bytes;

    public void Add(ulong position, int bytes, ref SplitMix64 random)
    {
        _bytes += bytes;
        if (_count < Size)
        {
            _positions[_count++] = position;
        }
        else if (random.NextDouble() * _bytes < (double)bytes * Size)
        {
            _positions[random.NextBelow(Size)] = position;
        }
    }

    /// <summary>
    /// Finds the split position that divides the sampled bytes most evenly. Prefers a split between two values of the first level. Uses
    /// deeper levels only if one side would otherwise have less than a quarter of the bytes. Never splits a logical partition.
    /// </summary>
    /// <param name="prefixMasks">The prefix masks for one level, two levels, and so on.</param>
    /// <returns>
    /// The first position above the split and the fraction of the bytes below it. Null if the sample contains only one logical partition.
    /// </returns>
    public (ulong Start, double Below)? Halve(IReadOnlyList<ulong> prefixMasks)
    {
        Array.Sort(_positions, 0, _count);
        (ulong Start, double Below)? best = null;
        foreach (var mask in prefixMasks)
        {
            for (var i = 1; i < _count; i++)
            {
                var start = _positions[i] & mask;
                var below = (double)i / _count;
                if (start != (_positions[i - 1] & mask) && !(best is { } known && Math.Abs(known.Below - 0.5) <= Math.Abs(below - 0.5)))
                {
                    best = (start, below);
                }
            }
            if (best is { Below: >= 0.25 and <= 0.75 })
            {
                break;
            }
        }
        return best;
    }

    /// <summary>Removes the positions from <paramref name="start"/> upwards, and returns them as the sample of the new partition.</summary>
    public PartitionSample SplitAt(ulong start, ref SplitMix64 random)
    {
        Array.Sort(_positions, 0, _count);
        var below = 0;
        while (below < _count && _positions[below] < start)
        {
            below++;
        }
        var above = new PartitionSample();
        above.Fill(_positions.AsSpan(below, _count - below), _bytes * (_count - below) / _count, ref random);
        Fill(_positions.AsSpan(0, below).ToArray(), _bytes * below / _count, ref random);
        return above;
    }

    /// <summary>
    /// Fills the sample completely, by drawing from the given positions with replacement. If the sample were not full, the next orders
    /// would be added regardless of their size.
    /// </summary>
    private void Fill(ReadOnlySpan<ulong> from, double bytes, ref SplitMix64 random)
    {
        for (var i = 0; i < Size; i++)
        {
            _positions[i] = from[(int)random.NextBelow((ulong)from.Length)];
        }
        _count = Size;
        _bytes = bytes;
    }
}
