using System.Globalization;
using Azure.Data.Tables;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>
/// Maps invocations to table rows. A cold invocation has its own row. Warm invocations share one row per function, minute and instance.
/// That row contains a mergeable histogram, so a million invocations need only a few rows. An instance writes only its own rows, and each
/// write replaces the row with the current totals. Repeating a write is therefore harmless.
/// </summary>
/// <remarks>
/// The <c>PartitionKey</c> is a number that decreases by one each hour, followed by a shard number. Newer hours therefore sort first. A
/// truncated read contains the newest records, and a read with a start time does not scan older partitions. The shards spread the writes
/// during one hour over several partitions.
/// </remarks>
internal static class InvocationRows
{
    public const string TableName = "ColdStarts";
    private const string PhasePrefix = "Phase_";
    private const int Shards = 4;
    private const long HighestHour = 9_999_999;

    /// <summary>Returns an OData filter for the partition that contains <paramref name="since"/> and all newer partitions.</summary>
    public static string FilterSince(DateTimeOffset since) => TableClient.CreateQueryFilter($"PartitionKey lt {After(since)}");

    /// <summary>
    /// Returns an OData filter for the partitions that are older than the partition that contains <paramref name="time"/>.
    /// </summary>
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

    /// <returns>The time at which a cold invocation ended, or the start of the minute for a row of warm invocations.</returns>
    public static DateTimeOffset At(TableEntity row) => row.GetDateTimeOffset("At").GetValueOrDefault();

    public static long Failed(TableEntity row) => row.GetInt64("Failed").GetValueOrDefault();

    /// <returns>The durations of warm invocations, or null for the row of a cold invocation.</returns>
    public static LatencyHistogram? WarmDurations(TableEntity row) =>
        row.GetBinary("Durations") is { } bytes ? LatencyHistogram.FromBytes(bytes) : null;

    public static double ColdDurationMs(TableEntity row) => row.GetDouble("DurationMs").GetValueOrDefault();

    public static IEnumerable<StartupPhase> ColdPhases(TableEntity row) =>
        from column in row
        where column.Key.StartsWith(PhasePrefix, StringComparison.Ordinal) && column.Value is double
        select new StartupPhase(column.Key[PhasePrefix.Length..], (double)column.Value);

    private static string Partition(DateTimeOffset time, InstanceId instance) =>
        string.Create(CultureInfo.InvariantCulture, $"{Hour(time):D7}-{instance.Value[^1] % Shards}");

    // The next higher hour number belongs to the previous hour, because hour numbers decrease over time. It sorts after all shards of this
    // hour.
    private static string After(DateTimeOffset time) => (Hour(time) + 1).ToString("D7", CultureInfo.InvariantCulture);

    private static long Hour(DateTimeOffset time) => HighestHour - (time.ToUnixTimeSeconds() / 3600);
}
