using System.Runtime.CompilerServices;

namespace ServerlessScale.Edge.Balancing;

/// <summary>
/// Weighted round robin as a chairman assignment (R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32, 1980):
/// after any n picks each candidate has been picked less than one time more or less than n·w/W, where w is its weight and W the sum
/// of all weights.
/// </summary>
/// <remarks>
/// <para>
/// Each pick has a window. A candidate's pick number j (from 0) must not come so early that it would be one ahead, so not before turn
/// ⌊jW/w⌋+1, nor so late that it would be one behind, so by turn ⌈(j+1)W/w⌉. Taking the earliest deadline among the open windows keeps
/// every deadline, since the windows demand exactly one pick a turn.
/// </para>
/// <para>
/// When the candidates or their weights change, turns count from there, and the bound holds for every n since the change. That alone
/// would let a destination that comes and goes starve the light ones, whose turn is always late after a change. So what each was owed
/// at the change is remembered, and whoever is owed a whole request or more goes first where the bound leaves the choice: where all
/// other deadlines can still be kept.
/// </para>
/// </remarks>
/// <param name="weighted">False takes every weight as one: plain round robin.</param>
internal sealed class SmoothWeightedRoundRobin(bool weighted) : IBalancer
{
    /// <summary>How far ahead deadlines are looked at for one that is owed, so that a pick stays cheap under weights of any ratio.</summary>
    private const int Foresight = 1_000;

    private readonly Lock _gate = new();
    private readonly ConditionalWeakTable<object, StrongBox<double>> _debts = [];
    private object[] _keys = [];
    private double[] _owed = [];
    private long[] _weights = [];
    private long[] _picks = [];
    private long _total;
    private long _turn;

    public int Pick(ReadOnlySpan<Candidate> candidates)
    {
        lock (_gate)
        {
            if (IsChanged(candidates))
            {
                Restart(candidates);
            }

            _turn++;
            var pick = MostOwed() is { } owed && CanGoFirst(owed) ? owed : EarliestDeadline();
            _picks[pick]++;
            if (_turn == _total)
            {
                // Everyone has had exactly its weight, so the numbers need not grow.
                Array.Clear(_picks);
                _turn = 0;
            }

            return pick;
        }
    }

    private long WeightOf(Candidate candidate) => weighted ? candidate.Weight : 1;

    private bool IsChanged(ReadOnlySpan<Candidate> candidates)
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
            _debts.GetOrCreateValue(_keys[i]).Value = Owed(i);
        }

        _keys = new object[candidates.Length];
        _owed = new double[candidates.Length];
        _weights = new long[candidates.Length];
        _picks = new long[candidates.Length];
        _total = 0;
        _turn = 0;
        for (var i = 0; i < candidates.Length; i++)
        {
            _keys[i] = candidates[i].Key;
            _owed[i] = _debts.GetOrCreateValue(_keys[i]).Value;
            _weights[i] = WeightOf(candidates[i]);
            _total += _weights[i];
        }
    }

    private double Owed(int i) => _owed[i] + ((double)_turn * _weights[i] / _total) - _picks[i];

    private bool IsOpen(int i) => _picks[i] * _total < _turn * _weights[i];

    private long Deadline(int i) => (((_picks[i] + 1) * _total) + _weights[i] - 1) / _weights[i];

    /// <returns>Null when nobody is owed a whole request from before the last change.</returns>
    private int? MostOwed()
    {
        var (best, most) = ((int?)null, 1d);
        for (var i = 0; i < _keys.Length; i++)
        {
            if (_owed[i] > 0 && Owed(i) >= most && IsOpen(i))
            {
                (best, most) = (i, Owed(i));
            }
        }

        return best;
    }

    /// <summary>Whether this turn can be spared: no turn before the candidate's deadline is needed by all deadlines up to it.</summary>
    private bool CanGoFirst(int i)
    {
        var deadline = Deadline(i);
        if (deadline - _turn > Foresight)
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
