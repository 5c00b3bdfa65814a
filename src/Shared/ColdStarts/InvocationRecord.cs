namespace ServerlessScale.Shared.ColdStarts;

/// <summary>One invocation of one function, after its end.</summary>
public sealed record InvocationRecord
{
    public required string Function { get; init; }

    /// <summary><c>http</c>, <c>pubsub</c>, <c>timer</c>, <c>datasource</c> or <c>other</c>, as OpenTelemetry's <c>faas.trigger</c>.</summary>
    public required string Trigger { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public required double DurationMs { get; init; }

    public required bool Failed { get; init; }

    /// <summary>Memory of the process that is in RAM, in bytes.</summary>
    public required long WorkingSetBytes { get; init; }

    /// <summary>Memory that the garbage collector holds to be in use, in bytes.</summary>
    public required long ManagedBytes { get; init; }

    /// <summary>How the process came up, when this was its first invocation (a cold one); otherwise empty.</summary>
    public IReadOnlyList<StartupPhase> ColdPhases { get; init; } = [];

    /// <summary>What the process did until then; null for a warm invocation.</summary>
    public StartupCounts? ColdCounts { get; init; }

    public bool Cold => ColdPhases.Count > 0;
}
