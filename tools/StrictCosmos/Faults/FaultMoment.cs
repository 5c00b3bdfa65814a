namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>When a fault strikes.</summary>
public enum FaultMoment
{
    /// <summary>Nothing is done.</summary>
    BeforeApplying,

    /// <summary>The operation has succeeded, and the client does not learn it. Operations that fail by themselves are passed over.</summary>
    AfterApplying,
}
