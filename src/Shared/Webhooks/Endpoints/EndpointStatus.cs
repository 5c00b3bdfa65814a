namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>Whether an endpoint is sent to.</summary>
public enum EndpointStatus
{
    Active,

    /// <summary>By its customer, until the customer says otherwise.</summary>
    Paused,

    /// <summary>By us, as it has refused everything for too long or said that it is gone.</summary>
    Disabled,

    /// <summary>It is gone for its customer; the row stays until its deliveries are removed.</summary>
    Deleted,
}
