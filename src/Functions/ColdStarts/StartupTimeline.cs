using System.Diagnostics;
using System.Runtime;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>
/// Records when this process reached each milestone of its start. A phase is the time from one milestone to the next, so the phases
/// add up to the time from the start of the process to the end of its first invocation.
/// </summary>
/// <remarks>
/// The worker SDK has no public hook for the host's first message or for the loading of a function. It has a hook for the host's
/// request for the list of functions, which comes between the two, so that request is the milestone.
/// </remarks>
/// <param name="time">
/// The clock. The first line of <c>Program.cs</c> creates the timeline, so it is created when the runtime has just become ready.
/// </param>
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
    private long _responseStarted;
    private long _dependencyCallBegun;
    private long _dependencyCallEnded;

    /// <summary>All services are registered, and building the container begins.</summary>
    public void Configured() => Mark(ref _configured);

    public void ContainerBuilt() => Mark(ref _containerBuilt);

    public void HostBuilt() => Mark(ref _hostBuilt);

    /// <summary>All hosted services have started: the web server listens, and the worker has opened the gRPC stream to the host.</summary>
    public void StreamOpened() => Mark(ref _streamOpened);

    /// <summary>The host asked for the list of functions.</summary>
    public void FunctionsIndexed() => Mark(ref _functionsIndexed);

    /// <returns>True for exactly one caller: the first invocation of the process, the cold one.</returns>
    public bool TryBeginFirstInvocation() => Mark(ref _firstInvocation);

    /// <summary>The headers of the first HTTP response are about to be sent.</summary>
    public void ResponseStarted() => Mark(ref _responseStarted);

    /// <returns>True for exactly one caller: the first call to a service on which the app depends.</returns>
    public bool TryBeginDependencyCall() => Volatile.Read(ref _dependencyCallBegun) == 0 && Mark(ref _dependencyCallBegun);

    /// <summary>The first call to a dependency has ended, with or without success.</summary>
    public void DependencyCallEnded() => Mark(ref _dependencyCallEnded);

    /// <summary>The seconds from the start of the process until the host received its list of functions.</summary>
    public double InitSeconds => (UntilRuntimeReadyMs + Math.Max(0, Elapsed(_runtimeReady, _functionsIndexed))) / 1000;

    /// <summary>
    /// The phases so far. Each phase begins when the previous phase ends. Two phases are exceptions and lie within
    /// <c>firstInvocation</c>: <c>firstAnswer</c>, the time until the headers of the first HTTP response were sent, and
    /// <c>firstDependencyCall</c>.
    /// </summary>
    /// <param name="firstInvocationMs">The milliseconds that the first invocation took, or has taken so far.</param>
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
        AddWithin("firstAnswer", _firstInvocation, ref _responseStarted);
        AddWithin("firstDependencyCall", _dependencyCallBegun, ref _dependencyCallEnded);
        return phases;

        // A phase has zero length in two cases. Either the process never reaches the milestone, because a host that has a
        // functions.metadata file does not ask for the list of functions. Or another thread reaches it before the previous milestone.
        void Add(string name, ref long milestone)
        {
            var reached = Math.Max(previous, Volatile.Read(ref milestone));
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

    /// <summary>Counts the work that the process has done so far. At the first invocation, this is the work of the start.</summary>
    public static StartupCounts Counts() => new(
        JitInfo.GetCompiledMethodCount(currentThread: false),
        AppDomain.CurrentDomain.GetAssemblies().Length,
        GC.GetTotalAllocatedBytes(precise: false));

    // Reading the process's start time is slow, so it is not read during the start but at the first invocation. Linux rounds the
    // start time to a hundredth of a second, so it can be later than the moment when the runtime was ready. The
    // maximum prevents a negative result.
    private double UntilRuntimeReadyMs
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return Math.Max(0, (_runtimeReadyAt - process.StartTime).TotalMilliseconds);
        }
    }

    private bool Mark(ref long milestone) => Interlocked.CompareExchange(ref milestone, time.GetTimestamp(), 0) == 0;

    private double Elapsed(long from, long to) => Math.Round(time.GetElapsedTime(from, to).TotalMilliseconds, 3);
}
