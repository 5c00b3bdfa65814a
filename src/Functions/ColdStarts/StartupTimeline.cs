using System.Diagnostics;
using System.Runtime;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>
/// Records when this process reached each milestone of its start. A phase is the time from one milestone to the next, so together the
/// phases cover the time from process start to the end of the first invocation.
/// </summary>
/// <remarks>
/// The worker SDK has no public hook for the host's first message or for the loading of a function. It has a hook for the host's request
/// for the list of functions. That request arrives after the first message and before the functions are loaded, so the timeline uses it as
/// a milestone instead.
/// </remarks>
/// <param name="time">
/// The clock. The first line of <c>Program.cs</c> creates the timeline, so the timeline records its own creation as the moment when the
/// runtime became ready.
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

    /// <summary>Marks the moment when all services are registered and the app begins to build the container.</summary>
    public void Configured() => Mark(ref _configured);

    public void ContainerBuilt() => Mark(ref _containerBuilt);

    public void HostBuilt() => Mark(ref _hostBuilt);

    /// <summary>Marks that all hosted services have started: the web server listens, and the gRPC stream to the host is open.</summary>
    public void StreamOpened() => Mark(ref _streamOpened);

    /// <summary>Marks that the host has requested the list of functions.</summary>
    public void FunctionsIndexed() => Mark(ref _functionsIndexed);

    /// <returns>True for exactly one caller: the first invocation of the process, which is the cold invocation.</returns>
    public bool TryBeginFirstInvocation() => Mark(ref _firstInvocation);

    /// <summary>Marks that the headers of the first HTTP response are about to be sent.</summary>
    public void ResponseStarted() => Mark(ref _responseStarted);

    /// <returns>True for exactly one caller: the first call to a service on which the app depends.</returns>
    public bool TryBeginDependencyCall() => Volatile.Read(ref _dependencyCallBegun) == 0 && Mark(ref _dependencyCallBegun);

    /// <summary>Marks that the first call to a dependency has ended, successfully or not.</summary>
    public void DependencyCallEnded() => Mark(ref _dependencyCallEnded);

    /// <summary>The time in seconds from process start until the host received the list of the app's functions.</summary>
    public double InitSeconds => (UntilRuntimeReadyMs + Math.Max(0, Elapsed(_runtimeReady, _functionsIndexed))) / 1000;

    /// <summary>
    /// Returns the startup phases. Each phase begins when the previous phase ends, except for two phases within <c>firstInvocation</c>:
    /// <c>firstAnswer</c> is the time from when the first invocation started until the headers of the first HTTP response were sent, and
    /// <c>firstDependencyCall</c> is the duration of the first call to a dependency. Each of these two phases is omitted until it has
    /// ended.
    /// </summary>
    /// <param name="firstInvocationMs">
    /// The duration of the first invocation in milliseconds. If it is still running, the duration so far.
    /// </param>
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

        // A phase has zero length in two cases. In the first case, the process never reaches the milestone that ends the phase, because a
        // host that finds a functions.metadata file does not request the list of functions. In the second case, another thread reaches that
        // milestone before the previous one.
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

    /// <summary>Counts the work that the process has done so far. In the first invocation, the counts show the cost of the start.</summary>
    public static StartupCounts Counts() => new(
        JitInfo.GetCompiledMethodCount(currentThread: false),
        AppDomain.CurrentDomain.GetAssemblies().Length,
        GC.GetTotalAllocatedBytes(precise: false));

    // Reading the process's start time is slow, so it is read at the first invocation and not during startup. Linux rounds the start time
    // to a hundredth of a second, so the rounded time can be later than the moment when the runtime was ready. Math.Max prevents a negative
    // result.
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
