using System.Diagnostics;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>When the stations of a worker's handshake were passed, as timestamps of <see cref="Stopwatch"/>.</summary>
/// <param name="StreamOpened">The worker had connected.</param>
/// <param name="Initialized">It had answered the host's first message.</param>
/// <param name="Indexed">It had said which functions it has.</param>
internal sealed record HandshakeTimes(long StreamOpened, long Initialized, long Indexed)
{
    /// <param name="startedAt">Just before the process was created, as such a timestamp.</param>
    /// <param name="loaded">From then until all functions were loaded.</param>
    public WorkerStartTimes StartTimes(long startedAt, TimeSpan loaded) => new(
        Stopwatch.GetElapsedTime(startedAt, StreamOpened),
        Stopwatch.GetElapsedTime(startedAt, Initialized),
        Stopwatch.GetElapsedTime(startedAt, Indexed),
        loaded);
}
