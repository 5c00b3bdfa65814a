namespace ServerlessScale.Edge.Balancing;

/// <summary>
/// The candidate with the fewest requests under way, or with the fewest for its weight: the smallest (requests + 1) / weight, which is
/// how busy it would be with this request. Equals get theirs in turn.
/// </summary>
internal sealed class LeastConnections(bool weighted) : IBalancer
{
    private uint _afterLast;

    public int Pick(ReadOnlySpan<Candidate> candidates)
    {
        // Two threads that read the same turn may both pick the same one of several equals, no worse than before either had come.
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
