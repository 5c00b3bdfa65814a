using System.Globalization;

namespace ServerlessScale.Measurement.Statistics;

/// <summary>A 95 % confidence interval.</summary>
public sealed record Interval(double Low, double High)
{
    public bool Contains(double value) => Low <= value && value <= High;

    /// <param name="format">The format of each bound, such as <c>0.00</c>.</param>
    public string ToString(string format) =>
        $"{Low.ToString(format, CultureInfo.InvariantCulture)} to {High.ToString(format, CultureInfo.InvariantCulture)}";
}
