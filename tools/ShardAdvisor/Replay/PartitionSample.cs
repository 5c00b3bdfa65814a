using ServerlessScale.ShardAdvisor.Loads;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>
/// Some of the positions that a physical partition's bytes have, each as likely as its bytes are many (Chao: A general purpose unequal
/// probability sampling plan, 1982), so that a split can be placed without knowing all of them.
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
    /// Where the sampled bytes are halved best without cutting through a prefix of the key; between deeper levels of the key only if
    /// otherwise less than a quarter would be on one side; never within a logical partition.
    /// </summary>
    /// <param name="prefixMasks">Masks of the key's levels, the first level's first.</param>
    /// <returns>Null if there is but one logical partition. Else the first position above, and the share of the bytes below.</returns>
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

    /// <summary>Keeps what is below a position and returns a sample of the rest.</summary>
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

    /// <summary>A sample that is not full would take what comes next regardless of its weight, so the positions are drawn again.</summary>
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
