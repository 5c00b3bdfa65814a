using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>What a client meets when a fault strikes.</summary>
internal static class FaultAnswer
{
    private const int RetryWith = 449;

    /// <returns>Null when the connection is to break.</returns>
    public static GatewayAnswer? Of(Fault fault) => fault.Kind switch
    {
        FaultKind.Throttled => GatewayAnswer.Error(StatusCodes.Status429TooManyRequests, "Request rate is large.") with
        {
            SubStatus = SubStatus.RequestRateTooLarge,
            RetryAfter = fault.RetryAfter,
            Charge = RequestCharge.Throttled,
        },
        FaultKind.RetryWith => GatewayAnswer.Error(RetryWith, "Conflicting request to resource has been attempted. Retry to avoid conflicts."),
        FaultKind.RequestTimeout => GatewayAnswer.Error(StatusCodes.Status408RequestTimeout, "The operation did not complete in time."),
        FaultKind.ServiceUnavailable => GatewayAnswer.Error(StatusCodes.Status503ServiceUnavailable, "Service is currently unavailable."),
        FaultKind.ConnectionLost => null,
        _ => throw new InvalidOperationException($"No such fault: {fault.Kind}."),
    };
}
