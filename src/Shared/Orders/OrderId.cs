using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// The public id of an order, which has 33 characters from <c>[a-z0-9_]</c>. It consists of <c>ord_</c>, the month of the order's shard, a
/// number that decreases by one with each millisecond of the month, and 80 random bits. Because the number decreases, the newest order in a
/// shard has the ordinally smallest id, so every store can list orders newest first with a forward scan.
/// </summary>
public readonly record struct OrderId
{
    internal const string Prefix = "ord_";

    /// <summary>
    /// The exclusive upper bound of order ids. In a shard, all order ids, and no other ids, sort between <see cref="Prefix"/> and this
    /// bound.
    /// </summary>
    internal const string End = "ord`";

    private const int MonthLength = 6;

    /// <summary>Seven characters encode 35 bits. The number of milliseconds in a month needs up to 32 bits.</summary>
    private const int TimeLength = 7;

    private const int RandomLength = 16;
    private const int Length = 4 + MonthLength + TimeLength + RandomLength;

    private OrderId(string value, OrderMonth month) => (Value, Month) = (value, month);

    public string Value { get; }

    /// <summary>The month of the order's shard.</summary>
    public OrderMonth Month { get; }

    public static OrderId New(DateTimeOffset createdAt)
    {
        var month = OrderMonth.Of(createdAt);
        var remaining = (1L << (Base32.Bits * TimeLength)) - 1 - (createdAt - month.Start).Ticks / TimeSpan.TicksPerMillisecond;
        var time = Base32.Encode(remaining, TimeLength);
        return new(string.Concat(Prefix, month.ToCompactString(), time, RandomNumberGenerator.GetString(Base32.Alphabet, RandomLength)), month);
    }

    /// <summary>Accepts only text in the exact format of an order id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OrderId id)
    {
        id = default;
        if (text is not { Length: Length }
            || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !OrderMonth.TryParseCompact(text.Substring(Prefix.Length, MonthLength), out var month)
            || !Base32.IsValid(text.AsSpan(Prefix.Length + MonthLength)))
        {
            return false;
        }

        id = new(text, month);
        return true;
    }

    public override string ToString() => Value;
}
