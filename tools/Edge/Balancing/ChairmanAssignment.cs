using System.Runtime.CompilerServices;

namespace ServerlessScale.Edge.Balancing;

/// <summary>
/// A weighted round robin that solves the chairman assignment problem (R. Tijdeman, "The chairman assignment problem", Discrete
/// Mathematics 32, 1980, pages 323 to 330). After any number n of picks, the number of times that a candidate has been picked differs from
/// n·w/W by less than one, where w is the candidate's weight and W is the sum of all weights.
/// </summary>
/// <remarks>
/// <para>
/// This bound defines a window of turns for each pick of a candidate. Pick number j (starting at 0) must not happen before turn ⌊jW/w⌋+1,
/// because the candidate would then be a full pick ahead. It must not happen after turn ⌈(j+1)W/w⌉, because the candidate would then be a
/// full pick behind. As in Tijdeman's algorithm, each turn goes to the candidate with the earliest deadline among all candidates with an
/// open window. With this choice, no deadline is missed. Proportionate fair scheduling uses the same windows (S. Baruah et al.,
/// "Proportionate Progress", Algorithmica 15, 1996). Tijdeman's own windows are narrower. For k candidates, they achieve the optimal bound
/// of 1 − 1/(2k − 2).
/// </para>
/// <para>
/// nginx's smooth weighted round robin is a different algorithm. It adds each candidate's weight to a counter, picks the candidate with the
/// largest counter, and subtracts W from that counter. It is equally fast and produces the same shares after every W picks. Within those W
/// picks, however, a candidate can be more than one pick ahead or behind.
/// </para>
/// <para>
/// When the candidates or their weights change, the turn numbers restart at 1, and the bound applies from that turn on. If a restart
/// discarded all history, a candidate with a small weight could starve while another candidate keeps leaving and returning, because each
/// restart would move the deadline of the light candidate far into the future. Therefore, the number of picks that a candidate is owed is
/// carried over. A candidate that is owed at least one pick is picked early if all deadlines can still be met.
/// </para>
/// </remarks>
/// <param name="weighted">False to treat all weights as equal. The result is plain round robin.</param>
internal sealed class ChairmanAssignment(bool weighted) : IBalancer
{
    /// <summary>
    /// The maximum number of future turns to examine when deciding whether a candidate can be picked early. A candidate with a later
    /// deadline is not picked early. The limit keeps a pick cheap when weights differ widely.
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
                // The number of picks of each candidate now equals its weight, so the counters can restart at 0 without changing any
                // window.
                Array.Clear(_picks);
                _turn = 0;
            }

            return pick;
        }
    }

    private long WeightOf(Candidate candidate) => (weighted ? candidate.Weight : 1L) * candidate.Warmth;

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

    /// <summary>
    /// Returns the number of picks that the candidate is owed. The number includes picks owed before the last restart, and is negative if
    /// the candidate is ahead.
    /// </summary>
    private double Owed(int i) => _owedBefore[i] + ((double)_turn * _weights[i] / _total) - _picks[i];

    /// <summary>Returns whether the window of the candidate's next pick has begun.</summary>
    private bool IsOpen(int i) => _picks[i] * _total < _turn * _weights[i];

    /// <summary>Returns the last turn of the window of the candidate's next pick.</summary>
    private long Deadline(int i) => (((_picks[i] + 1) * _total) + _weights[i] - 1) / _weights[i];

    /// <summary>
    /// Finds the candidate that is owed the most picks, among those that were already owed picks at the last restart and whose window is
    /// open.
    /// </summary>
    /// <returns>The candidate that is owed the most picks; null if no candidate is owed at least one pick.</returns>
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
    /// Returns whether all deadlines can still be met if the candidate is picked in the current turn. The method checks each turn t from
    /// the current turn to the turn before the candidate's own deadline. The number of picks that are due by turn t must not exceed the
    /// number of turns after the current turn, up to and including t.
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
