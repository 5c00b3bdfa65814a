using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Tests.Unit.Edge.Balancing;

/// <summary>Destinations with weights, and the deviation of their picks from their shares.</summary>
internal sealed class Shares(params int[] weights)
{
    private readonly object[] _keys = [.. weights.Select(_ => new object())];

    public int[] Weights { get; set; } = weights;

    public int Count => _keys.Length;

    /// <param name="present">Whether the destination with the given index is available; null if all are.</param>
    public Candidate[] Candidates(Func<int, bool>? present = null) =>
        [.. Enumerable.Range(0, Count).Where(i => present?.Invoke(i) ?? true).Select(i => new Candidate(_keys[i], Weights[i], InFlight: 0))];

    public int IndexOf(Candidate candidate) => Array.IndexOf(_keys, candidate.Key);

    /// <summary>The largest deviation |count − n·w/W| of any candidate after any number n of picks, multiplied by W so that it is an exact integer.</summary>
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
