using System.Globalization;
using Azure.Data.Tables;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>
/// How invocations lie in the table. A cold one has a row of its own. Warm ones share one row for each function, minute and
/// instance with a mergeable histogram, so a million invocations do not make a million rows. Only its own instance writes a
/// row, always with the totals so far, so writing it twice changes nothing.
/// </summary>
/// <remarks>
/// <c>PartitionKey</c> = hours until the year 9999, then a shard. Newer hours sort first, so a read that is cut short has the
/// newest; a read since some time scans no older partition; and the shards spread an hour's writes.
/// </remarks>
internal static class InvocationRows
{
    public const string TableName = "ColdStarts";
    private const string PhasePrefix = "Phase_";
    private const int Shards = 4;
    private const long HighestHour = 9_999_999;

    /// <summary>Partitions from the newest to the one that holds <paramref name="since"/>, as an OData filter.</summary>
    public static string FilterSince(DateTimeOffset since) => TableClient.CreateQueryFilter($"PartitionKey lt {After(since)}");

    /// <summary>Partitions that are older than the one that holds <paramref name="time"/>.</summary>
    public static string FilterBefore(DateTimeOffset time) => TableClient.CreateQueryFilter($"PartitionKey ge {After(time)}");

    public static TableEntity Row(InvocationRecord cold, InstanceId instance)
    {
        var row = new TableEntity(
            Partition(cold.EndedAt, instance),
            string.Create(CultureInfo.InvariantCulture, $"c-{cold.EndedAt.UtcDateTime:mmssfff}-{instance.Value}"))
        {
            ["Function"] = cold.Function,
            ["Trigger"] = cold.Trigger,
            ["Instance"] = instance.Value,
            ["At"] = cold.EndedAt,
            ["DurationMs"] = cold.DurationMs,
            ["Failed"] = cold.Failed ? 1L : 0L,
            ["WorkingSetBytes"] = cold.WorkingSetBytes,
            ["ManagedBytes"] = cold.ManagedBytes,
        };
        foreach (var phase in cold.ColdPhases)
        {
            row[PhasePrefix + phase.Name] = phase.DurationMs;
        }

        if (cold.ColdCounts is { } counts)
        {
            row["MethodsJitted"] = counts.MethodsJitted;
            row["Assemblies"] = counts.Assemblies;
            row["AllocatedBytes"] = counts.AllocatedBytes;
        }

        return row;
    }

    public static TableEntity Row(WarmMinute warm, InstanceId instance) =>
        new(
            Partition(warm.Minute, instance),
            string.Create(CultureInfo.InvariantCulture, $"w-{warm.Minute.UtcDateTime:mm}-{instance.Value}-{warm.Function}"))
        {
            ["Function"] = warm.Function,
            ["Trigger"] = warm.Trigger,
            ["Instance"] = instance.Value,
            ["At"] = warm.Minute,
            ["Durations"] = warm.Durations.ToBytes(),
            ["Failed"] = warm.Failed,
            ["WorkingSetBytes"] = warm.PeakWorkingSetBytes,
        };

    public static string Function(TableEntity row) => row.GetString("Function");

    /// <summary>The end of a cold invocation, or the start of a minute of warm ones.</summary>
    public static DateTimeOffset At(TableEntity row) => row.GetDateTimeOffset("At").GetValueOrDefault();

    public static long Failed(TableEntity row) => row.GetInt64("Failed").GetValueOrDefault();

    /// <returns>Null for the row of a cold invocation.</returns>
    public static LatencyHistogram? WarmDurations(TableEntity row) =>
        row.GetBinary("Durations") is { } bytes ? LatencyHistogram.FromBytes(bytes) : null;

    public static double ColdDurationMs(TableEntity row) => row.GetDouble("DurationMs").GetValueOrDefault();

    public static IEnumerable<StartupPhase> ColdPhases(TableEntity row) =>
        from column in row
        where column.Key.StartsWith(PhasePrefix, StringComparison.Ordinal) && column.Value is double
        select new StartupPhase(column.Key[PhasePrefix.Length..], (double)column.Value);

    private static string Partition(DateTimeOffset time, InstanceId instance) =>
        string.Create(CultureInfo.InvariantCulture, $"{Hour(time):D7}-{instance.Value[^1] % Shards}");

    // The shards of an hour sort before the next number.
    private static string After(DateTimeOffset time) => (Hour(time) + 1).ToString("D7", CultureInfo.InvariantCulture);

    private static long Hour(DateTimeOffset time) => HighestHour - (time.ToUnixTimeSeconds() / 3600);
}
