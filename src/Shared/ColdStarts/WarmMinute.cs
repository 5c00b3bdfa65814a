namespace ServerlessScale.Shared.ColdStarts;

/// <summary>What one instance did for one function in one minute, cold invocations left out.</summary>
internal sealed class WarmMinute(string function, string trigger, DateTimeOffset minute)
{
    public string Function { get; } = function;

    public string Trigger { get; } = trigger;

    /// <summary>The minute's start.</summary>
    public DateTimeOffset Minute { get; } = minute;

    public LatencyHistogram Durations { get; } = new();

    public long Failed { get; private set; }

    public long PeakWorkingSetBytes { get; private set; }

    /// <summary>The count up to which the totals are stored; equal to <see cref="LatencyHistogram.Count"/> when all is.</summary>
    public long StoredCount { get; set; }

    public void Add(InvocationRecord invocation)
    {
        Durations.Record(invocation.DurationMs);
        Failed += invocation.Failed ? 1 : 0;
        PeakWorkingSetBytes = Math.Max(PeakWorkingSetBytes, invocation.WorkingSetBytes);
    }
}
