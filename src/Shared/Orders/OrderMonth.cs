using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// A shard is a partition that contains the orders that one customer placed in one month. A transaction cannot span two shards.
/// </summary>
/// <param name="CustomerId">The <c>sub</c> claim of the customer's token, 1 to 128 characters without control characters.</param>
public sealed record OrderShard(string CustomerId, OrderMonth Month);

/// <summary>A calendar month in UTC.</summary>
public readonly record struct OrderMonth
{
    /// <summary>
    /// The regular expression (ECMA-262) in the API description, which matches exactly the months that <see cref="TryParse(string?, out
    /// OrderMonth)"/> accepts.
    /// </summary>
    public const string Pattern = "^2[0-9]{3}-(0[1-9]|1[0-2])$";

    private const int FirstYear = 2000;
    private const int LastYear = 2999;

    private OrderMonth(DateTimeOffset start) => Start = start;

    /// <summary>The start of the month in UTC.</summary>
    public DateTimeOffset Start { get; }

    public OrderMonth Previous => new(Start.AddMonths(-1));

    public OrderMonth Next => new(Start.AddMonths(1));

    public static OrderMonth Of(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        return new(new DateTimeOffset(utc.Year, utc.Month, 1, 0, 0, 0, TimeSpan.Zero));
    }

    /// <summary>Accepts the format <c>yyyy-MM</c> and the years 2000 to 2999.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OrderMonth month) => TryParse(text, "yyyy-MM", out month);

    /// <summary>Accepts <c>yyyyMM</c>, the format that order ids use.</summary>
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
