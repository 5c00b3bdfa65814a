namespace ServerlessScale.Bench.Orders;

/// <summary>What one contender has done in all its turns.</summary>
internal sealed class LoadResult(string name)
{
    private readonly List<double> _milliseconds = [];
    private readonly List<double> _rates = [];

    public string Name => name;

    /// <summary>Operations a second in each turn, in the order of the rounds.</summary>
    public IReadOnlyList<double> Rates => _rates;

    public void Add(TimeSpan turn, IEnumerable<double> milliseconds)
    {
        var before = _milliseconds.Count;
        _milliseconds.AddRange(milliseconds);
        _rates.Add((_milliseconds.Count - before) / turn.TotalSeconds);
    }

    /// <param name="share">E.g. 0.99.</param>
    public double Percentile(double share)
    {
        double[] sorted = [.. _milliseconds.Order()];
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
