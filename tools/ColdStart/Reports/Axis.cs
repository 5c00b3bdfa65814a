namespace ServerlessScale.ColdStart.Reports;

/// <summary>Places values along a drawing's width, from 0 to a round number.</summary>
/// <param name="left">Where 0 is.</param>
/// <param name="right">Where the end is.</param>
/// <param name="largest">What must fit.</param>
internal sealed class Axis(double left, double right, double largest)
{
    private readonly double _step = Step(largest);

    public double Right => right;

    /// <summary>Four to eight of them, 1, 2 or 5 times a power of ten apart.</summary>
    public IEnumerable<double> Ticks => Enumerable.Range(0, Intervals + 1).Select(tick => tick * _step);

    private int Intervals => Math.Max(1, (int)Math.Ceiling(largest / _step));

    public double At(double value) => left + (value / (Intervals * _step) * (right - left));

    private static double Step(double largest)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(largest, 1e-6) / 4)));
        return ((double[])[power, 2 * power, 5 * power, 10 * power]).First(step => largest / step <= 8);
    }
}
