namespace ServerlessScale.Shared.ColdStarts;

/// <summary>One finished invocation of a function.</summary>
public sealed record InvocationRecord
{
    public required string Function { get; init; }

    /// <summary>
    /// The value of OpenTelemetry's <c>faas.trigger</c> attribute: <c>http</c>, <c>pubsub</c>, <c>timer</c>, <c>datasource</c> or
    /// <c>other</c>.
    /// </summary>
    public required string Trigger { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public required double DurationMs { get; init; }

    public required bool Failed { get; init; }

    /// <summary>The process's resident memory in bytes.</summary>
    public required long WorkingSetBytes { get; init; }

    /// <summary>The managed memory in use in bytes, as returned by <see cref="GC.GetTotalMemory(bool)"/>.</summary>
    public required long ManagedBytes { get; init; }

    /// <summary>
    /// The phases of the process's startup; empty unless this invocation was the first one in its process (a cold invocation).
    /// </summary>
    public IReadOnlyList<StartupPhase> ColdPhases { get; init; } = [];

    /// <summary>The work that the process had done by the end of its first invocation; null for a warm invocation.</summary>
    public StartupCounts? ColdCounts { get; init; }

    public bool Cold => ColdPhases.Count > 0;
}

/// <summary>A measured phase of a process's startup.</summary>
/// <param name="Name">A stable name in camelCase, for example <c>runtime</c>.</param>
/// <param name="DurationMs">The duration in milliseconds.</param>
public sealed record StartupPhase(string Name, double DurationMs);

/// <summary>
/// Measures of the work that a process does during startup. Unlike durations, they hardly vary between two starts of the same app.
/// </summary>
/// <param name="MethodsJitted">The number of methods that the just-in-time compiler compiled because they had no precompiled code.</param>
/// <param name="Assemblies">The number of loaded assemblies.</param>
/// <param name="AllocatedBytes">The total allocated managed memory in bytes, including memory that the garbage collector has freed.</param>
public sealed record StartupCounts(long MethodsJitted, long Assemblies, long AllocatedBytes);
