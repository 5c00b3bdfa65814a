namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>The statuses by the names that clients use.</summary>
public static class EndpointStatuses
{
    public static string NameOf(EndpointStatus status) => status switch
    {
        EndpointStatus.Active => "active",
        EndpointStatus.Paused => "paused",
        EndpointStatus.Disabled => "disabled",
        _ => "deleted",
    };
}
