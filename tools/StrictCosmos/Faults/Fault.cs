namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>A failure that <see cref="FaultInjection"/> injects into requests.</summary>
public sealed record Fault
{
    public required FaultKind Kind { get; init; }

    /// <summary>
    /// The point at which the request fails. With 429 and 449, it must be before the operation. When the service responds with one of these
    /// statuses, it guarantees that it has not applied the operation.
    /// </summary>
    public FaultMoment Moment { get; init; }

    /// <summary>The requests that the fault affects. The default is all requests for items.</summary>
    public CosmosOperations On { get; init; } = CosmosOperations.Data;

    /// <summary>The fraction of the matching requests that fail, greater than 0 and at most 1.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>The number of requests that fail. Null means that requests fail until the fault is disarmed.</summary>
    public int? Count { get; init; }

    /// <summary>The time in the <c>x-ms-retry-after-ms</c> header of a <see cref="FaultKind.Throttled"/> response.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(10);
}

/// <summary>The ways in which a request can fail.</summary>
public enum FaultKind
{
    /// <summary>Status 429 and substatus 3200, with an <c>x-ms-retry-after-ms</c> header.</summary>
    Throttled,

    /// <summary>Status 449, which reports a conflict within the service. Clients should retry.</summary>
    RetryWith,

    /// <summary>Status 408.</summary>
    RequestTimeout,

    /// <summary>Status 503.</summary>
    ServiceUnavailable,

    /// <summary>The connection is closed without a response.</summary>
    ConnectionLost,
}

/// <summary>The points at which a fault can make a request fail.</summary>
public enum FaultMoment
{
    /// <summary>The request fails before the operation, so the operation is not applied.</summary>
    BeforeApplying,

    /// <summary>
    /// The operation is applied, but its success response is not sent. If the operation fails for another reason, the fault has no effect.
    /// </summary>
    AfterApplying,
}
