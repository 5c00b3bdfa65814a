using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// An order's public id, 33 characters of <c>[a-z0-9_]</c>: <c>ord_</c>, the month of its shard, the time within the month in
/// milliseconds, counted down, and 80 random bits. Because the time is counted down, the ordinal order of a shard's ids is newest
/// first, so that listing orders is a forward scan in every store.
/// </summary>
public readonly record struct OrderId
{
    internal const string Prefix = "ord_";

    /// <summary>Sorts after every order id, and before every other id in a shard.</summary>
    internal const string End = "ord`";

    private const int MonthLength = 6;

    /// <summary>35 bits: a month has up to 32 bits of milliseconds.</summary>
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

    /// <summary>Accepts the exact shape only.</summary>
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
