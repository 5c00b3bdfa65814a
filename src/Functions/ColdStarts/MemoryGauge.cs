namespace ServerlessScale.Functions.ColdStarts;

/// <summary>The process's memory, read once a second at most, as asking the operating system costs more than a warm call may.</summary>
internal sealed class MemoryGauge(TimeProvider time)
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(1);

    private Sample? _last;

    public (long WorkingSetBytes, long ManagedBytes) Read()
    {
        // Two threads that read at once cost a read too many, nothing worse.
        if (_last is not { } sample || time.GetElapsedTime(sample.TakenAt) >= Hold)
        {
            _last = sample = new(time.GetTimestamp(), Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false));
        }

        return (sample.WorkingSetBytes, sample.ManagedBytes);
    }

    private sealed record Sample(long TakenAt, long WorkingSetBytes, long ManagedBytes);
}
