using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Tests.Unit.Edge.Balancing;

/// <summary>A set of weighted destinations. Measures how far the number of picks of each destination deviates from its share.</summary>
internal sealed class Shares(params int[] weights)
{
    private readonly object[] _keys = [.. weights.Select(_ => new object())];

    public int[] Weights { get; set; } = weights;

    public int Count => _keys.Length;

    /// <param name="present">
    /// Returns whether the destination with the given index is available. If null, all destinations are available.
    /// </param>
    public Candidate[] Candidates(Func<int, bool>? present = null) =>
        [.. Enumerable.Range(0, Count).Where(i => present?.Invoke(i) ?? true).Select(i => new Candidate(_keys[i], Weights[i], InFlight: 0))];

    public int IndexOf(Candidate candidate) => Array.IndexOf(_keys, candidate.Key);

    /// <summary>Returns the maximum of |count − n·w/W| over all candidates and all numbers of picks n, multiplied by W.</summary>
    public static long LargestDeviation(Candidate[] candidates, int picks, Func<int> pick)
    {
        var counts = new long[candidates.Length];
        var total = candidates.Sum(candidate => (long)candidate.Weight);
        var largest = 0L;
        for (long n = 1; n <= picks; n++)
        {
            counts[pick()]++;
            for (var i = 0; i < candidates.Length; i++)
            {
                largest = Math.Max(largest, Math.Abs((counts[i] * total) - (n * candidates[i].Weight)));
            }
        }

        return largest;
    }
}
