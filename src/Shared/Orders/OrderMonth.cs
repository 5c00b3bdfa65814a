using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ServerlessScale.Shared.Orders;

/// <summary>A calendar month in UTC, by which a customer's orders are sharded.</summary>
public readonly record struct OrderMonth
{
    private const int FirstYear = 2000;
    private const int LastYear = 2999;

    private OrderMonth(DateTimeOffset start) => Start = start;

    /// <summary>Its first moment.</summary>
    public DateTimeOffset Start { get; }

    public OrderMonth Previous => new(Start.AddMonths(-1));

    public OrderMonth Next => new(Start.AddMonths(1));

    public static OrderMonth Of(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        return new(new DateTimeOffset(utc.Year, utc.Month, 1, 0, 0, 0, TimeSpan.Zero));
    }

    /// <summary>Accepts <c>yyyy-MM</c> of the years 2000 to 2999 only.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OrderMonth month) => TryParse(text, "yyyy-MM", out month);

    /// <summary>Accepts <c>yyyyMM</c>, as order ids have it.</summary>
    internal static bool TryParseCompact(string text, out OrderMonth month) => TryParse(text, "yyyyMM", out month);

    internal string ToCompactString() => Start.ToString("yyyyMM", CultureInfo.InvariantCulture);

    public override string ToString() => Start.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static bool TryParse(string? text, string format, out OrderMonth month)
    {
        month = default;
        if (!DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)
            || parsed.Year is < FirstYear or > LastYear)
        {
            return false;
        }

        month = new(new DateTimeOffset(parsed, TimeSpan.Zero));
        return true;
    }
}
