namespace ServerlessScale.Shared;

/// <summary>
/// Moments in UTC without fractions of a millisecond. Every store keeps such a moment exactly, so that a response and its replay from
/// the store contain the same time.
/// </summary>
internal static class WholeMilliseconds
{
    /// <summary>Rounds down.</summary>
    public static DateTimeOffset Of(DateTimeOffset moment) =>
        new(moment.UtcTicks - moment.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
}
