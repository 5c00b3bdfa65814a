using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>Why nothing was sent to an endpoint that is not active, for its customer.</summary>
internal static class InactiveReason
{
    public static string Of(EndpointStatus status) => status == EndpointStatus.Paused
        ? "The endpoint was paused. Make it active, then recover or replay."
        : "The endpoint was disabled. Mend it, make it active, then recover or replay.";
}
