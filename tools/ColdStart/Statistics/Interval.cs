using System.Globalization;

namespace ServerlessScale.ColdStart.Statistics;

/// <summary>Where a figure lies with a confidence of 95 %.</summary>
internal sealed record Interval(double Low, double High)
{
    public bool Contains(double value) => Low <= value && value <= High;

    /// <param name="format">Of each bound, e.g. <c>0.00</c>.</param>
    public string ToString(string format) =>
        $"{Low.ToString(format, CultureInfo.InvariantCulture)} to {High.ToString(format, CultureInfo.InvariantCulture)}";
}
