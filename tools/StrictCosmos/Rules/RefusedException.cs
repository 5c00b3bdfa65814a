using Microsoft.AspNetCore.Http;

namespace ServerlessScale.StrictCosmos.Rules;

/// <summary>
/// The exception that is thrown when the service would reject a request. The gateway converts it to a response with the same status.
/// </summary>
internal sealed class RefusedException(int status, string message, int subStatus = 0) : Exception(message)
{
    public int Status { get; } = status;

    public int SubStatus { get; } = subStatus;

    /// <summary>The charge for the rejected request in RU.</summary>
    public double Charge { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public static RefusedException BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    public static RefusedException NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    public static RefusedException PartitionKeyMismatch() => new(
        StatusCodes.Status400BadRequest,
        "PartitionKey extracted from document doesn't match the one specified in the header.",
        Rules.SubStatus.PartitionKeyMismatch);

    public static RefusedException TooLarge(string message) => new(StatusCodes.Status413PayloadTooLarge, message);
}

/// <summary>The values of <c>x-ms-substatus</c>, which distinguish failures with the same HTTP status.</summary>
internal static class SubStatus
{
    /// <summary>Used with 403. The region does not accept writes.</summary>
    public const int WriteForbidden = 3;

    /// <summary>Used with 400. The item's partition key differs from the key in the request's header.</summary>
    public const int PartitionKeyMismatch = 1001;

    /// <summary>Used with 404. No replica has reached the state that the session token requires.</summary>
    public const int ReadSessionNotAvailable = 1002;

    /// <summary>Used with 404. The database or the container of the requested resource does not exist.</summary>
    public const int OwnerResourceNotFound = 1003;

    /// <summary>Used with 429. The physical partition has used up its RU/s.</summary>
    public const int RequestRateTooLarge = 3200;
}
