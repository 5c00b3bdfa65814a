using System.Runtime.InteropServices;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>
/// Finds the key with the largest total in bounded memory. The result is exact while there are fewer keys than can be tracked, and has a
/// known error when there are more (Anderson, Bevan, Lang, Liberty, Rhodes and Thaler, A High-Performance Algorithm for Identifying Frequent Items in
/// Data Streams, 2017).
/// </summary>
internal sealed class HeaviestKey(int tracked = HeaviestKey.DefaultTracked)
{
    private const int DefaultTracked = 1 << 18;
    private const int Sampled = 1024;

    private readonly Dictionary<ulong, long> _totals = [];
    private readonly long[] _sample = new long[Math.Min(Sampled, tracked)];

    /// <summary>The largest amount that may be missing from the total of a key.</summary>
    private long _error;

    public void Add(ulong key, long amount)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_totals, key, out _) += amount;
        if (_totals.Count > tracked)
        {
            Shrink();
        }
    }

    /// <returns>The bounds of the largest total.</returns>
    public (long AtLeast, long AtMost) Largest()
    {
        var largest = _totals.Count == 0 ? 0 : _totals.Values.Max();
        return (largest, largest + _error);
    }

    /// <summary>Subtracts about the median of all totals from every total, and stops tracking the keys with nothing left, which is about half of them.</summary>
    private void Shrink()
    {
        var taken = 0;
        foreach (var total in _totals.Values)
        {
            _sample[taken++] = total;
            if (taken == _sample.Length)
            {
                break;
            }
        }
        Array.Sort(_sample, 0, taken);
        var median = _sample[taken / 2];
        foreach (var (key, total) in _totals)
        {
            if (total <= median)
            {
                _totals.Remove(key);
            }
            else
            {
                _totals[key] = total - median;
            }
        }
        _error += median;
    }
}
