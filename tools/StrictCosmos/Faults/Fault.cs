namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>A failure that <see cref="FaultInjection"/> injects into requests.</summary>
public sealed record Fault
{
    public required FaultKind Kind { get; init; }

    /// <summary>When the fault strikes. 429 and 449 can only strike before the operation, because the service promises that it did nothing.</summary>
    public FaultMoment Moment { get; init; }

    /// <summary>The requests that the fault affects. The default is all requests for items.</summary>
    public CosmosOperations On { get; init; } = CosmosOperations.Data;

    /// <summary>The share of the matching requests that fail, above 0 and up to 1.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>How many requests fail; null for all requests until the fault is disarmed.</summary>
    public int? Count { get; init; }

    /// <summary>The time in the <c>x-ms-retry-after-ms</c> header of a <see cref="FaultKind.Throttled"/> response.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(10);
}

/// <summary>How a request fails.</summary>
public enum FaultKind
{
    /// <summary>429, substatus 3200, with <c>x-ms-retry-after-ms</c>.</summary>
    Throttled,

    /// <summary>449: a conflict within the service, after which the client retries.</summary>
    RetryWith,

    /// <summary>408.</summary>
    RequestTimeout,

    /// <summary>503.</summary>
    ServiceUnavailable,

    /// <summary>The connection is closed without a response.</summary>
    ConnectionLost,
}

/// <summary>When a fault strikes.</summary>
public enum FaultMoment
{
    /// <summary>The operation is not applied.</summary>
    BeforeApplying,

    /// <summary>The operation is applied, but its response is lost. An operation that fails anyway is not affected.</summary>
    AfterApplying,
}
