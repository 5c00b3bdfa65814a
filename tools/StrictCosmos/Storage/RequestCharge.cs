namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>
/// Computes the charges of operations in RU by interpolating between documented charges. A point read costs 1 RU for 1 KB and 10 RU for
/// 100 KB. A write costs 5 RU for 1 KB and 50 RU for 100 KB (https://learn.microsoft.com/azure/cosmos-db/key-value-store-cost). In Azure,
/// the charge of a write also grows with the number of indexed properties.
/// </summary>
internal static class RequestCharge
{
    public const double Metadata = 1;
    public const double Miss = 1;
    public const double Conflict = 1.24;
    public const double Throttled = 0.38;
    public const double QueryPlan = 0;

    private const double QueryBase = 2.3;
    private const double PerReturnedItem = 0.05;
    private const double ReadPerFurtherKilobyte = 9.0 / 99;
    private const double WritePerFurtherKilobyte = 45.0 / 99;

    public static double Read(int bytes) => Round(1 + Further(bytes) * ReadPerFurtherKilobyte);

    public static double Create(int bytes) => Round(5.3 + Further(bytes) * WritePerFurtherKilobyte);

    /// <summary>
    /// Returns the charge for replacing an item. It is about twice the charge for creating an item, because the old version is removed from
    /// the index and the new version is added.
    /// </summary>
    public static double Replace(int oldBytes, int newBytes) =>
        Round(10 + (Further(oldBytes) + Further(newBytes)) * WritePerFurtherKilobyte);

    public static double Delete(int bytes) => Create(bytes);

    /// <param name="returned">The number of items in the page.</param>
    /// <param name="bytes">The total size of these items.</param>
    public static double Query(int returned, long bytes) =>
        Round(QueryBase + returned * PerReturnedItem + bytes / 1024.0 * ReadPerFurtherKilobyte);

    private static double Further(int bytes) => Math.Max(0, bytes / 1024.0 - 1);

    private static double Round(double charge) => Math.Round(charge, 2);
}
