using System.Diagnostics;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>
/// When this process passed the stations of its start. Each phase is the time from one station to the next, so their sum is the
/// time from the process's start to the answer of its first invocation.
/// </summary>
/// <remarks>
/// The worker SDK shows no public sign of the host's very first message or of a function being loaded. What it does show is the
/// host's question which functions there are, which comes right between the two.
/// </remarks>
/// <param name="time">Measures; the timeline begins with its making, in the first line of <c>Program.cs</c>, when the runtime is up.</param>
public sealed class StartupTimeline(TimeProvider time)
{
    private readonly long _runtimeReady = time.GetTimestamp();
    private readonly DateTimeOffset _runtimeReadyAt = time.GetUtcNow();
    private long _hostBuilt;
    private long _functionsIndexed;
    private long _firstInvocation;
    private long _dependencyCalled;
    private long _dependencyAnswered;

    public void HostBuilt() => Mark(ref _hostBuilt);

    /// <summary>The host asked which functions there are.</summary>
    public void FunctionsIndexed() => Mark(ref _functionsIndexed);

    /// <returns>True for exactly one caller: the first invocation of the process, the cold one.</returns>
    public bool TryBeginFirstInvocation() => Mark(ref _firstInvocation);

    /// <returns>True for exactly one caller: the first call to a service that the app depends on.</returns>
    public bool TryBeginDependencyCall() => Volatile.Read(ref _dependencyCalled) == 0 && Mark(ref _dependencyCalled);

    public void DependencyAnswered() => Mark(ref _dependencyAnswered);

    /// <summary>From the process's start until the host knew its functions, in seconds.</summary>
    public double InitSeconds => (UntilRuntimeReadyMs + Between(_runtimeReady, _functionsIndexed)) / 1000;

    /// <summary>The phases so far. <c>firstDependencyCall</c> lies within <c>firstInvocation</c>, whose length is given by the caller.</summary>
    /// <param name="firstInvocationMs">How long the first invocation took, or has taken so far.</param>
    public IReadOnlyList<StartupPhase> Phases(double firstInvocationMs)
    {
        var hostBuilt = Volatile.Read(ref _hostBuilt);
        var functionsIndexed = Volatile.Read(ref _functionsIndexed);
        List<StartupPhase> phases =
        [
            new("runtime", UntilRuntimeReadyMs),
            new("hostBuilding", Between(_runtimeReady, hostBuilt)),
            new("hostConnecting", Between(hostBuilt, functionsIndexed)),
            new("untilFirstInvocation", Between(functionsIndexed, Volatile.Read(ref _firstInvocation))),
            new("firstInvocation", firstInvocationMs),
        ];
        if (Volatile.Read(ref _dependencyAnswered) is not 0 and var answered)
        {
            phases.Add(new("firstDependencyCall", Between(_dependencyCalled, answered)));
        }

        return phases;
    }

    // Asked for at the first invocation, not at the start, where it would itself cost time. On Linux the kernel knows a
    // process's start to a hundredth of a second, so it may seem to lie after the runtime's.
    private double UntilRuntimeReadyMs
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return Math.Max(0, (_runtimeReadyAt - process.StartTime).TotalMilliseconds);
        }
    }

    private bool Mark(ref long station) => Interlocked.CompareExchange(ref station, time.GetTimestamp(), 0) == 0;

    // A station that was not passed (a host that knew the functions from a file never asks) takes no time.
    private double Between(long from, long to) =>
        from == 0 || to < from ? 0 : Math.Round(time.GetElapsedTime(from, to).TotalMilliseconds, 3);
}
