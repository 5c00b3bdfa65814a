using System.Text.Json.Serialization;

namespace ServerlessScale.Local.Lab.Starts;

/// <summary>The phases between the start of a worker process and its first response, as measured by the host, in milliseconds.</summary>
internal sealed record StartTimes
{
    /// <summary>
    /// The phase from the start of the process until it connects to the host. It includes the start of the runtime, <c>Program.cs</c>, the
    /// service container, Kestrel and gRPC.
    /// </summary>
    public required double StreamOpen { get; init; }

    /// <summary>The phase from when the worker connects until it responds to the host's first message.</summary>
    public required double Initialized { get; init; }

    /// <summary>The phase from the end of <see cref="Initialized"/> until the host receives the list of the worker's functions.</summary>
    public required double Indexed { get; init; }

    /// <summary>The phase from the end of <see cref="Indexed"/> until all functions are loaded.</summary>
    public required double Loaded { get; init; }

    /// <summary>The phase from when the first request is sent until its response has been read.</summary>
    [JsonPropertyName("firstAnswer")]
    public required double FirstResponse { get; init; }

    /// <summary>
    /// The processor time that the process used on all cores until its first response. Other load on the machine hardly affects this time.
    /// </summary>
    public required double Processor { get; init; }

    /// <summary>
    /// The sum of all phases. It excludes the host's own work between the end of <see cref="Loaded"/> and the first request.
    /// </summary>
    public double Total => Phases.Sum(phase => phase.Milliseconds);

    /// <summary>The phases in chronological order.</summary>
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
/// The memory, compilation and assembly figures of a worker at its first response. A figure that only the app can report is null if the app
/// does not report it.
/// </summary>
/// <param name="WorkingSetBytes">The resident memory in bytes.</param>
/// <param name="MethodsJitted">The number of methods that the just-in-time compiler compiled.</param>
/// <param name="Assemblies">The number of loaded assemblies.</param>
/// <param name="AllocatedBytes">The total allocated managed memory in bytes, including memory that was freed later.</param>
internal sealed record StartCounts(long WorkingSetBytes, long? MethodsJitted, long? Assemblies, long? AllocatedBytes);
