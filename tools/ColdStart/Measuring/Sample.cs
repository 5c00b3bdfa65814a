using System.Text.Json.Serialization;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>A measured cold start of a subject.</summary>
/// <param name="Round">The round number, starting at 1. In each round, every subject is started once, in random order.</param>
/// <param name="Subject">The subject's name.</param>
internal sealed record Sample(int Round, string Subject, StartTimes Times, StartCounts Counts);

/// <summary>The phases from the start of a worker process to its first response, as measured by the host, in milliseconds.</summary>
internal sealed record StartTimes
{
    /// <summary>
    /// The phase from the start of the process until it connects to the host. It includes the runtime, <c>Program.cs</c>, the service
    /// container, Kestrel and gRPC.
    /// </summary>
    public required double StreamOpen { get; init; }

    /// <summary>The phase from the connection until the worker has responded to the host's first message.</summary>
    public required double Initialized { get; init; }

    /// <summary>The phase from the response to the first message until the host has received the list of the worker's functions.</summary>
    public required double Indexed { get; init; }

    /// <summary>The phase from the end of <see cref="Indexed"/> until all functions are loaded.</summary>
    public required double Loaded { get; init; }

    /// <summary>The phase from sending the first request until its response has been read.</summary>
    [JsonPropertyName("firstAnswer")]
    public required double FirstResponse { get; init; }

    /// <summary>
    /// The processor time of the process on all cores until its first response. Other load on the machine hardly affects this time.
    /// </summary>
    public required double Processor { get; init; }

    /// <summary>The sum of all phases. It does not include the host's own work between loading and the first request.</summary>
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

/// <summary>
/// The counts of a worker at its first response. A count that the app itself must report is null if the app does not report it.
/// </summary>
/// <param name="WorkingSetBytes">The resident memory in bytes.</param>
/// <param name="MethodsJitted">The number of methods that the just-in-time compiler has compiled.</param>
/// <param name="Assemblies">The number of loaded assemblies.</param>
/// <param name="AllocatedBytes">The total allocated managed memory in bytes, including memory that was freed.</param>
internal sealed record StartCounts(long WorkingSetBytes, long? MethodsJitted, long? Assemblies, long? AllocatedBytes);
