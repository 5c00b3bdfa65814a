namespace ServerlessScale.ShardAdvisor.Cosmos;

/// <summary>
/// Computes the request units of an operation with session consistency and default indexing. Charges are interpolated linearly between the
/// item sizes in https://learn.microsoft.com/azure/cosmos-db/understand-request-unit-consumption.
/// </summary>
internal static class RequestCharge
{
    /// <summary>
    /// The charge of a query for each physical partition that it reads, even if that partition contains no result
    /// (https://learn.microsoft.com/azure/cosmos-db/nosql/how-to-query-container#avoiding-cross-partition-queries).
    /// </summary>
    public const double QueriedPartition = 2.5;

    private static readonly int[] Kilobytes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048];
    private static readonly double[] ReadCharges = [1.00, 1.04, 1.14, 1.33, 1.67, 2.19, 4.76, 9.95, 20.28, 40.95, 145.90, 291.80];
    private static readonly double[] WriteCharges = [4.95, 6.29, 6.67, 7.04, 9.52, 11.23, 22.67, 48.19, 98.29, 184.57, 625.00, 1250.00];

    public static double Read(int bytes) => At(ReadCharges, bytes);

    public static double Write(int bytes) => At(WriteCharges, bytes);

    /// <summary>
    /// Returns the total charge for placing an order. One batch writes the order, its event and its idempotency record. The event is about
    /// as large as the order, because it contains the order. The idempotency record is smaller than 1 KB. The event is deleted later, which
    /// costs as much as writing it.
    /// </summary>
    public static double Create(int bytes) => 3 * Write(bytes) + Write(1);

    private static double At(double[] charges, int bytes)
    {
        var kilobytes = bytes / 1024.0;
        if (kilobytes <= 1)
        {
            return charges[0];
        }
        var above = 1;
        while (above < Kilobytes.Length - 1 && Kilobytes[above] < kilobytes)
        {
            above++;
        }
        var (from, to) = (Kilobytes[above - 1], Kilobytes[above]);
        return charges[above - 1] + (charges[above] - charges[above - 1]) * (kilobytes - from) / (to - from);
    }
}
