namespace ServerlessScale.Edge.Rules;

/// <summary>The request that tells a healthy origin: it answers 200.</summary>
public sealed record HealthProbe
{
    public required string Path { get; init; }

    /// <summary>Seconds from one probe to the next, 1 to 255.</summary>
    public required int IntervalInSeconds { get; init; }

    /// <summary><c>Http</c> or <c>Https</c>; local instances speak plain HTTP whatever this says.</summary>
    public required string Protocol { get; init; }

    /// <summary><c>GET</c> or <c>HEAD</c>.</summary>
    public required string Method { get; init; }
}
