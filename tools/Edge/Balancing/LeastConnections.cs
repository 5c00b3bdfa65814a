namespace ServerlessScale.Edge.Balancing;

/// <summary>
/// Picks the candidate with the fewest requests in progress. With weights, it picks the smallest (requests + 1) / weight, which is how busy
/// the candidate would be with the new request. Ties are broken in turn.
/// </summary>
/// <param name="weighted">Whether weights count.</param>
internal sealed class LeastConnections(bool weighted) : IBalancer
{
    private uint _afterLast;

    public int Pick(ReadOnlySpan<Candidate> candidates)
    {
        // Reading and writing the turn without a lock is deliberate: two threads that read the same turn may pick the same candidate of a
        // tie, and the next pick evens that out.
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
