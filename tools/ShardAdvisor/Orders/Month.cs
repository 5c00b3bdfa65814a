namespace ServerlessScale.ShardAdvisor.Orders;

/// <summary>Calendar months in UTC as whole numbers, so that the month before is one less.</summary>
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
