using System.Globalization;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// The day (UTC) on which carts expire, by which they are indexed: what is to be swept is then a range of whole partitions, however
/// many carts there are that live on.
/// </summary>
internal readonly record struct CartExpiryDay
{
    private CartExpiryDay(DateOnly day) => Day = day;

    private DateOnly Day { get; }

    public static CartExpiryDay Of(DateTimeOffset moment) => new(DateOnly.FromDateTime(moment.UtcDateTime));

    /// <summary>
    /// One of the day's 64 partitions, as one partition takes 2,000 writes a second only:
    /// learn.microsoft.com/azure/storage/tables/scalability-targets.
    /// </summary>
    public string PartitionOf(string storageKey) => $"{this}{storageKey[0]}";

    /// <summary>Sorts before the partitions of the day, and after those of all days before it.</summary>
    public override string ToString() => Day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
