namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// Counts the processor cores that image jobs of this process keep busy. A job may use further threads only on idle cores, so that the jobs
/// of an instance do not slow each other down.
/// </summary>
internal static class ProcessorCores
{
    private static int _busy;

    /// <summary>Counts the core of a job's own thread, even if no core is idle. Disposing the result releases the core.</summary>
    public static IDisposable Occupy()
    {
        Interlocked.Increment(ref _busy);
        return new Core();
    }

    /// <returns>A core, which must be disposed. Null when no core is idle.</returns>
    public static IDisposable? TryOccupy()
    {
        for (var busy = Volatile.Read(ref _busy); busy < Environment.ProcessorCount; busy = Volatile.Read(ref _busy))
        {
            if (Interlocked.CompareExchange(ref _busy, busy + 1, busy) == busy)
            {
                return new Core();
            }
        }

        return null;
    }

    private sealed class Core : IDisposable
    {
        private int _isReleased;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            {
                Interlocked.Decrement(ref _busy);
            }
        }
    }
}
