namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>A fault to be met by requests; see <see cref="FaultInjection"/>.</summary>
public sealed record Fault
{
    public required FaultKind Kind { get; init; }

    /// <summary>429 and 449 only ever come before: the service promises that nothing was done.</summary>
    public FaultMoment Moment { get; init; }

    /// <summary>Default: all that concern items.</summary>
    public CosmosOperations On { get; init; } = CosmosOperations.Data;

    /// <summary>Share of the matching requests that it strikes, above 0 and up to 1.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>How often it strikes; null for as long as it is armed.</summary>
    public int? Count { get; init; }

    /// <summary>For <see cref="FaultKind.Throttled"/>.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(10);
}
