using System.Text.Json.Serialization;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>One cold start of one subject.</summary>
/// <param name="Round">Counts from 1. In each round, every subject is started once, in random order.</param>
/// <param name="Subject">The subject's name.</param>
internal sealed record Sample(int Round, string Subject, StartTimes Times, StartCounts Counts);

/// <summary>The phases from the start of a worker process to its first response, as the host sees them, in milliseconds.</summary>
internal sealed record StartTimes
{
    /// <summary>From the start of the process until it connects to the host: the runtime, <c>Program.cs</c>, the service container, Kestrel and gRPC.</summary>
    public required double StreamOpen { get; init; }

    /// <summary>From the connection until the worker has responded to the host's first message.</summary>
    public required double Initialized { get; init; }

    /// <summary>From that response until the host knows the worker's functions.</summary>
    public required double Indexed { get; init; }

    /// <summary>From the end of the previous phase until all functions are loaded.</summary>
    public required double Loaded { get; init; }

    /// <summary>From sending the first request until its response has been read.</summary>
    [JsonPropertyName("firstAnswer")]
    public required double FirstResponse { get; init; }

    /// <summary>The processor time of the process until its first response, on all cores. Other load on the machine affects this time little.</summary>
    public required double Processor { get; init; }

    /// <summary>The time that the worker takes. The host's own work between loading and the first request is not included.</summary>
    public double Total => Phases.Sum(phase => phase.Milliseconds);

    /// <summary>All phases, in order and without gaps.</summary>
    [JsonIgnore]
    public IEnumerable<(string Name, double Milliseconds)> Phases =>
    [
        ("process, program, gRPC stream", StreamOpen),
        ("worker initialized", Initialized),
        ("functions indexed", Indexed),
        ("functions loaded", Loaded),
        ("first response", FirstResponse),
    ];
}

/// <summary>The counts of a worker at its first response. Counts that only the app itself can provide are null for an app that does not send them.</summary>
/// <param name="WorkingSetBytes">The resident memory.</param>
/// <param name="MethodsJitted">The methods that the just-in-time compiler has compiled.</param>
/// <param name="Assemblies">The loaded assemblies.</param>
/// <param name="AllocatedBytes">The allocated managed memory, garbage included.</param>
internal sealed record StartCounts(long WorkingSetBytes, long? MethodsJitted, long? Assemblies, long? AllocatedBytes);
