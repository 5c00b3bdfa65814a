using System.Runtime.InteropServices;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>
/// Finds the largest total of any key, using bounded memory. The result is exact as long as all keys can be tracked. If there are
/// more keys, the maximum error is known (Anderson, Bevan, Lang, Liberty, Rhodes and Thaler, A High-Performance Algorithm for Identifying
/// Frequent Items in Data Streams, 2017).
/// </summary>
/// <param name="tracked">The maximum number of keys whose totals are stored.</param>
internal sealed class HeaviestKey(int tracked = HeaviestKey.DefaultTracked)
{
    private const int DefaultTracked = 1 << 18;
    private const int Sampled = 1024;

    private readonly Dictionary<ulong, long> _totals = [];
    private readonly long[] _sample = new long[Math.Min(Sampled, tracked)];

    /// <summary>The maximum amount by which a stored total is smaller than the true total.</summary>
    private long _error;

    public void Add(ulong key, long amount)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_totals, key, out _) += amount;
        if (_totals.Count > tracked)
        {
            Shrink();
        }
    }

    /// <returns>A lower bound and an upper bound of the largest total.</returns>
    public (long AtLeast, long AtMost) Largest()
    {
        var largest = _totals.Count == 0 ? 0 : _totals.Values.Max();
        return (largest, largest + _error);
    }

    /// <summary>
    /// Subtracts the approximate median of all totals from every total. Keys whose totals are then zero or negative, which are about half
    /// of the keys, are no longer tracked.
    /// </summary>
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
