using System.Runtime.CompilerServices;

namespace ServerlessScale.Edge.Balancing;

/// <summary>
/// Weighted round robin as a solution of the chairman assignment problem (R. Tijdeman, "The chairman assignment problem", Discrete
/// Mathematics 32, 1980, pages 323 to 330): after any number n of picks, each candidate has been picked less than one time more or less
/// than n·w/W, where w is the candidate's weight and W is the sum of all weights.
/// </summary>
/// <remarks>
/// <para>
/// The bound gives each pick of a candidate a window. The candidate's pick number j (starting at 0) may come at turn ⌊jW/w⌋+1 at the
/// earliest, because the candidate would otherwise be a whole pick ahead, and at turn ⌈(j+1)W/w⌉ at the latest, because the candidate would
/// otherwise be a whole pick behind. As in Tijdeman's algorithm, each turn goes to the candidate with the earliest deadline among those whose
/// window is open, which meets every deadline. These windows are also those of proportionate fair scheduling (S. Baruah et al.,
/// "Proportionate Progress", Algorithmica 15, 1996). Tijdeman's own windows are narrower: with k candidates they give his optimal bound of
/// 1 − 1/(2k − 2).
/// </para>
/// <para>
/// This is not nginx's smooth weighted round robin, which adds each candidate's weight to a counter, picks the largest counter and subtracts
/// W from it. That algorithm has the same shares after W picks and costs the same, but it can be more than one pick off in between.
/// </para>
/// <para>
/// When the candidates or their weights change, the turns start again, and the bound holds from there. Restarting alone would starve a
/// candidate with a small weight whenever another one keeps leaving and returning, because the small candidate's deadline is always far away
/// after a restart. Each candidate therefore carries over what it was owed before the change. A candidate that is owed at least one pick is
/// picked early when all deadlines can still be met.
/// </para>
/// </remarks>
/// <param name="weighted">False to treat all weights as equal, which is plain round robin.</param>
internal sealed class ChairmanAssignment(bool weighted) : IBalancer
{
    /// <summary>
    /// The greatest number of turns that are examined before an owed candidate is picked early, so that a pick remains cheap if weights differ
    /// widely.
    /// </summary>
    private const int LongestLookahead = 1_000;

    private readonly Lock _gate = new();
    private readonly ConditionalWeakTable<object, StrongBox<double>> _carriedOver = [];
    private object[] _keys = [];
    private double[] _owedBefore = [];
    private long[] _weights = [];
    private long[] _picks = [];
    private long _total;
    private long _turn;

    public int Pick(ReadOnlySpan<Candidate> candidates)
    {
        lock (_gate)
        {
            if (HaveChanged(candidates))
            {
                Restart(candidates);
            }

            _turn++;
            var pick = MostOwed() is { } owed && CanBePickedEarly(owed) ? owed : EarliestDeadline();
            _picks[pick]++;
            if (_turn == _total)
            {
                // Each candidate has been picked as often as its weight says, so the counters can start again instead of growing.
                Array.Clear(_picks);
                _turn = 0;
            }

            return pick;
        }
    }

    private long WeightOf(Candidate candidate) => weighted ? candidate.Weight : 1;

    private bool HaveChanged(ReadOnlySpan<Candidate> candidates)
    {
        if (candidates.Length != _keys.Length)
        {
            return true;
        }

        for (var i = 0; i < candidates.Length; i++)
        {
            if (!ReferenceEquals(candidates[i].Key, _keys[i]) || WeightOf(candidates[i]) != _weights[i])
            {
                return true;
            }
        }

        return false;
    }

    private void Restart(ReadOnlySpan<Candidate> candidates)
    {
        for (var i = 0; i < _keys.Length; i++)
        {
            _carriedOver.GetOrCreateValue(_keys[i]).Value = Owed(i);
        }

        _keys = new object[candidates.Length];
        _owedBefore = new double[candidates.Length];
        _weights = new long[candidates.Length];
        _picks = new long[candidates.Length];
        _total = 0;
        _turn = 0;
        for (var i = 0; i < candidates.Length; i++)
        {
            _keys[i] = candidates[i].Key;
            _owedBefore[i] = _carriedOver.GetOrCreateValue(_keys[i]).Value;
            _weights[i] = WeightOf(candidates[i]);
            _total += _weights[i];
        }
    }

    /// <summary>How many picks the candidate is short of its share, including what it was owed before the last change. Negative when it is ahead.</summary>
    private double Owed(int i) => _owedBefore[i] + ((double)_turn * _weights[i] / _total) - _picks[i];

    /// <summary>Whether the window of the candidate's next pick has begun.</summary>
    private bool IsOpen(int i) => _picks[i] * _total < _turn * _weights[i];

    /// <summary>The last turn of the window of the candidate's next pick.</summary>
    private long Deadline(int i) => (((_picks[i] + 1) * _total) + _weights[i] - 1) / _weights[i];

    /// <returns>The candidate that is owed most among those that have been owed since before the last change; null when none is owed a whole pick.</returns>
    private int? MostOwed()
    {
        var (best, most) = ((int?)null, 1d);
        for (var i = 0; i < _keys.Length; i++)
        {
            if (_owedBefore[i] > 0 && Owed(i) >= most && IsOpen(i))
            {
                (best, most) = (i, Owed(i));
            }
        }

        return best;
    }

    /// <summary>
    /// Whether all deadlines can still be met if this turn goes to the candidate. That is the case when, for each turn before the candidate's
    /// own deadline, the picks that are due by then fit into the turns after this one.
    /// </summary>
    private bool CanBePickedEarly(int i)
    {
        var deadline = Deadline(i);
        if (deadline - _turn > LongestLookahead)
        {
            return false;
        }

        for (var turn = _turn; turn < deadline; turn++)
        {
            var due = 0L;
            for (var j = 0; j < _keys.Length; j++)
            {
                due += Math.Max(0, (turn * _weights[j] / _total) - _picks[j]);
            }

            if (due > turn - _turn)
            {
                return false;
            }
        }

        return true;
    }

    private int EarliestDeadline()
    {
        var (best, earliest) = (-1, long.MaxValue);
        for (var i = 0; i < _keys.Length; i++)
        {
            if (IsOpen(i) && Deadline(i) < earliest)
            {
                (best, earliest) = (i, Deadline(i));
            }
        }

        return best;
    }
}
