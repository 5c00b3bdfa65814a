using System.Diagnostics;
using System.Runtime;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>
/// When this process passed the stations of its start. Each phase is the time from one station to the next, so their sum is the
/// time from the process's start to the end of its first invocation.
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
    private long _configured;
    private long _containerBuilt;
    private long _hostBuilt;
    private long _streamOpened;
    private long _functionsIndexed;
    private long _firstInvocation;
    private long _answerBegun;
    private long _dependencyCalled;
    private long _dependencyAnswered;

    /// <summary>All services are registered; the container is built next.</summary>
    public void Configured() => Mark(ref _configured);

    public void ContainerBuilt() => Mark(ref _containerBuilt);

    public void HostBuilt() => Mark(ref _hostBuilt);

    /// <summary>All hosted services have started: the web server listens, and the worker's own has opened the gRPC stream to the host.</summary>
    public void StreamOpened() => Mark(ref _streamOpened);

    /// <summary>The host asked which functions there are.</summary>
    public void FunctionsIndexed() => Mark(ref _functionsIndexed);

    /// <returns>True for exactly one caller: the first invocation of the process, the cold one.</returns>
    public bool TryBeginFirstInvocation() => Mark(ref _firstInvocation);

    /// <summary>The first HTTP answer's headers go out.</summary>
    public void AnswerBegun() => Mark(ref _answerBegun);

    /// <returns>True for exactly one caller: the first call to a service that the app depends on.</returns>
    public bool TryBeginDependencyCall() => Volatile.Read(ref _dependencyCalled) == 0 && Mark(ref _dependencyCalled);

    public void DependencyAnswered() => Mark(ref _dependencyAnswered);

    /// <summary>From the process's start until the host knew its functions, in seconds.</summary>
    public double InitSeconds => (UntilRuntimeReadyMs + Math.Max(0, Elapsed(_runtimeReady, _functionsIndexed))) / 1000;

    /// <summary>
    /// The phases so far. <c>firstAnswer</c> (until an HTTP answer's headers went out) and <c>firstDependencyCall</c> lie within
    /// <c>firstInvocation</c>, whose length is given by the caller; all others follow each other.
    /// </summary>
    /// <param name="firstInvocationMs">How long the first invocation took, or has taken so far.</param>
    public IReadOnlyList<StartupPhase> Phases(double firstInvocationMs)
    {
        List<StartupPhase> phases = [new("runtime", UntilRuntimeReadyMs)];
        var previous = _runtimeReady;
        Add("configuring", ref _configured);
        Add("containerBuilding", ref _containerBuilt);
        Add("hostBuilding", ref _hostBuilt);
        Add("streamOpening", ref _streamOpened);
        Add("hostConnecting", ref _functionsIndexed);
        Add("untilFirstInvocation", ref _firstInvocation);
        phases.Add(new("firstInvocation", firstInvocationMs));
        AddWithin("firstAnswer", _firstInvocation, ref _answerBegun);
        AddWithin("firstDependencyCall", _dependencyCalled, ref _dependencyAnswered);
        return phases;

        // A station that was not passed (a host that knew the functions from a file never asks), or that was passed on another
        // thread before the one that it follows here, takes no time.
        void Add(string name, ref long station)
        {
            var reached = Math.Max(previous, Volatile.Read(ref station));
            phases.Add(new(name, Elapsed(previous, reached)));
            previous = reached;
        }

        void AddWithin(string name, long begin, ref long end)
        {
            if (Volatile.Read(ref end) is not 0 and var reached)
            {
                phases.Add(new(name, Elapsed(begin, reached)));
            }
        }
    }

    /// <summary>What the process has done so far; asked for at the first invocation, it says what the start took.</summary>
    public static StartupCounts Counts() => new(
        JitInfo.GetCompiledMethodCount(currentThread: false),
        AppDomain.CurrentDomain.GetAssemblies().Length,
        GC.GetTotalAllocatedBytes(precise: false));

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

    private double Elapsed(long from, long to) => Math.Round(time.GetElapsedTime(from, to).TotalMilliseconds, 3);
}
