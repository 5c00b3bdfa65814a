using System.Text.Json.Serialization;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>A worker's way from its process's start to its first answer, as its host sees it; all in milliseconds.</summary>
internal sealed record StartTimes
{
    /// <summary>Process start until it has connected to the host: the runtime, <c>Program.cs</c>, the app's container, Kestrel and gRPC.</summary>
    public required double StreamOpen { get; init; }

    /// <summary>From there until it has answered the host's first message.</summary>
    public required double Initialized { get; init; }

    /// <summary>From there until the host knows its functions.</summary>
    public required double Indexed { get; init; }

    /// <summary>From there until all functions are loaded.</summary>
    public required double Loaded { get; init; }

    /// <summary>From sending the first request until its body was read.</summary>
    public required double FirstAnswer { get; init; }

    /// <summary>What the process has used of the processor by then, on all cores: hardly touched by other load.</summary>
    public required double Processor { get; init; }

    /// <summary>What the worker costs; the host's own work between loading and the first request is no part of it.</summary>
    public double Total => Phases.Sum(phase => phase.Milliseconds);

    /// <summary>In order, without gaps.</summary>
    [JsonIgnore]
    public IEnumerable<(string Name, double Milliseconds)> Phases =>
    [
        ("process, program, gRPC stream", StreamOpen),
        ("worker initialized", Initialized),
        ("functions indexed", Indexed),
        ("functions loaded", Loaded),
        ("first answer", FirstAnswer),
    ];
}
