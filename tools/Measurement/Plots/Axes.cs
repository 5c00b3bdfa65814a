namespace ServerlessScale.Measurement.Plots;

/// <summary>A linear axis that starts at 0. It ends at the first tick that is not below the largest value.</summary>
/// <param name="start">The coordinate of 0.</param>
/// <param name="end">
/// The coordinate of the last tick. For a vertical axis that grows upwards, it is smaller than <paramref name="start"/>.
/// </param>
/// <param name="largest">The largest value to show.</param>
public sealed class LinearAxis(double start, double end, double largest)
{
    private readonly double _step = Step(largest);

    public double End => end;

    /// <summary>The values of the ticks. They divide the axis into four to eight steps of 1, 2 or 5 times a power of ten.</summary>
    public IEnumerable<double> Ticks => Enumerable.Range(0, Steps + 1).Select(tick => tick * _step);

    private int Steps => Math.Max(1, (int)Math.Ceiling(largest / _step));

    public double At(double value) => start + (value / (Steps * _step) * (end - start));

    private static double Step(double largest)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(largest, 1e-6) / 4)));
        return ((double[])[power, 2 * power, 5 * power, 10 * power]).First(step => largest / step <= 8);
    }
}

/// <summary>
/// A logarithmic axis. It covers the smallest and the largest value, and its ends are rounded outwards to a fraction of a decade.
/// </summary>
/// <param name="start">The coordinate of the lower end.</param>
/// <param name="end">The coordinate of the upper end.</param>
/// <param name="smallest">The smallest value to show. It must be greater than 0.</param>
/// <param name="largest">The largest value to show.</param>
/// <param name="stepsPerDecade">The number of steps per decade to which the ends are rounded. 1 rounds to powers of ten.</param>
public sealed class LogarithmicAxis(double start, double end, double smallest, double largest, int stepsPerDecade)
{
    private readonly double _low = Math.Floor(Math.Log10(smallest) * stepsPerDecade) / stepsPerDecade;

    /// <summary>The upper end. It is at least one step above the lower end, so that an axis for a single value has a length.</summary>
    private readonly double _high = Math.Max(
        Math.Ceiling(Math.Log10(largest) * stepsPerDecade), Math.Floor(Math.Log10(smallest) * stepsPerDecade) + 1) / stepsPerDecade;

    /// <param name="digits">The leading digits of the ticks, for example 1 for powers of ten, or 1, 2 and 5.</param>
    public IEnumerable<double> Ticks(params IEnumerable<int> digits) =>
        from power in Enumerable.Range((int)Math.Floor(_low), (int)Math.Ceiling(_high - _low) + 2)
        from digit in digits
        let tick = digit * Math.Pow(10, power)
        where Math.Log10(tick) >= _low - 1e-9 && Math.Log10(tick) <= _high + 1e-9
        select tick;

    public double At(double value) => start + ((Math.Log10(value) - _low) / (_high - _low) * (end - start));
}
