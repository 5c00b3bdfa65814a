using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>Creates the response to a request that fails because of an injected fault.</summary>
internal static class FaultResponse
{
    private const int RetryWith = 449;

    /// <returns>The response, or null when the connection must be closed without a response.</returns>
    public static GatewayResponse? Of(Fault fault) => fault.Kind switch
    {
        FaultKind.Throttled => GatewayResponse.Error(StatusCodes.Status429TooManyRequests, "Request rate is large.") with
        {
            SubStatus = SubStatus.RequestRateTooLarge,
            RetryAfter = fault.RetryAfter,
            Charge = RequestCharge.Throttled,
        },
        FaultKind.RetryWith => GatewayResponse.Error(RetryWith, "Conflicting request to resource has been attempted. Retry to avoid conflicts."),
        FaultKind.RequestTimeout => GatewayResponse.Error(StatusCodes.Status408RequestTimeout, "The operation did not complete in time."),
        FaultKind.ServiceUnavailable => GatewayResponse.Error(StatusCodes.Status503ServiceUnavailable, "Service is currently unavailable."),
        FaultKind.ConnectionLost => null,
        _ => throw new InvalidOperationException($"The fault {fault.Kind} is unknown."),
    };
}
