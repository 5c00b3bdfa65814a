namespace ServerlessScale.ShardAdvisor.Orders;

/// <summary>An operation in an order log.</summary>
/// <param name="Second">Unix time in seconds.</param>
/// <param name="Customer">A hash of the customer's id. The replay needs no more than this hash to determine the partition.</param>
/// <param name="Bytes">The size of the order that is stored or read. For a list operation, the total size of the listed orders.</param>
internal readonly record struct OrderOperation(long Second, ulong Customer, int Bytes, OperationKind Kind);

internal enum OperationKind : byte
{
    /// <summary>An order is placed.</summary>
    Create,

    /// <summary>One order is read by its id.</summary>
    Read,

    /// <summary>A customer's orders of the current month are listed.</summary>
    List,
}

/// <summary>Converts between times and calendar months in UTC. Months are represented as consecutive whole numbers.</summary>
internal static class Month
{
    /// <param name="second">Unix time in seconds.</param>
    public static int Of(long second)
    {
        var date = DateTimeOffset.FromUnixTimeSeconds(second);
        return date.Year * 12 + date.Month - 1;
    }

    /// <returns>Unix time in seconds.</returns>
    public static long Start(int month) =>
        new DateTimeOffset(month / 12, month % 12 + 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
}
