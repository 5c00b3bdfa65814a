namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>What the client meets.</summary>
public enum FaultKind
{
    /// <summary>429, substatus 3200, with <c>x-ms-retry-after-ms</c>.</summary>
    Throttled,

    /// <summary>449: a conflict within the service, to be tried again.</summary>
    RetryWith,

    /// <summary>408.</summary>
    RequestTimeout,

    /// <summary>503.</summary>
    ServiceUnavailable,

    /// <summary>No answer: the connection breaks.</summary>
    ConnectionLost,
}
