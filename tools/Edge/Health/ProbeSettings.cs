namespace ServerlessScale.Edge.Health;

/// <summary>
/// How the edge finds out whether an instance can take requests, by Front Door's settings and its meaning of them
/// (learn.microsoft.com/azure/frontdoor/health-probes): 200 is a success and everything else a failure.
/// </summary>
public sealed record ProbeSettings
{
    /// <summary>Asked of each instance.</summary>
    public string Path { get; init; } = "/api/health/ready";

    public HttpMethod Method { get; init; } = HttpMethod.Head;

    /// <summary>From one probe to the next. Front Door's own is 30 s; on one machine a probe costs nothing.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>An answer that takes longer is a failure.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many of the last probes count.</summary>
    public int SampleSize { get; init; } = 4;

    /// <summary>How many of these must have succeeded for the instance to get requests. Those not yet sent count as successes.</summary>
    public int SuccessfulSamplesRequired { get; init; } = 3;

    /// <summary>How long an instance gets no requests after one could not be delivered to it.</summary>
    public TimeSpan EjectionTime { get; init; } = TimeSpan.FromSeconds(2);
}
