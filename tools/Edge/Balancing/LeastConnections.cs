namespace ServerlessScale.Edge.Balancing;

/// <summary>
/// Picks the candidate with the fewest requests in progress. If weights are used, it picks the candidate with the smallest (requests + 1) /
/// weight, where the 1 is the new request. Tied candidates are picked in turn.
/// </summary>
/// <param name="weighted">Whether the candidates' weights are used.</param>
internal sealed class LeastConnections(bool weighted) : IBalancer
{
    private uint _afterLast;

    public int Pick(ReadOnlySpan<Candidate> candidates)
    {
        // The field is read and written without a lock on purpose. Two threads that read the same value may pick the same one of several
        // tied candidates, and later picks correct the imbalance.
        var start = (int)(Volatile.Read(ref _afterLast) % (uint)candidates.Length);
        var best = start;
        for (var step = 1; step < candidates.Length; step++)
        {
            var i = (start + step) % candidates.Length;
            if (IsLessBusy(candidates[i], candidates[best]))
            {
                best = i;
            }
        }

        Volatile.Write(ref _afterLast, (uint)best + 1);
        return best;
    }

    private bool IsLessBusy(Candidate one, Candidate other) => weighted
        ? (one.InFlight + 1L) * other.Weight < (other.InFlight + 1L) * one.Weight
        : one.InFlight < other.InFlight;
}
