namespace ServerlessScale.Shared;

/// <summary>
/// Truncates times to whole milliseconds in UTC. Every store preserves such a time exactly, so a response that is replayed from the store
/// contains the same time as the original response.
/// </summary>
internal static class WholeMilliseconds
{
    /// <summary>Converts a time to UTC and rounds it down to the millisecond.</summary>
    public static DateTimeOffset Of(DateTimeOffset moment) =>
        new(moment.UtcTicks - moment.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
}
