using Microsoft.AspNetCore.Http;

namespace ServerlessScale.StrictCosmos.Rules;

/// <summary>The service refuses a request. The exception becomes the response with its status.</summary>
internal sealed class RefusedException(int status, string message, int subStatus = 0) : Exception(message)
{
    public int Status { get; } = status;

    public int SubStatus { get; } = subStatus;

    /// <summary>The charge of the refusal in RU.</summary>
    public double Charge { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public static RefusedException BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    public static RefusedException NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    public static RefusedException TooLarge(string message) => new(StatusCodes.Status413PayloadTooLarge, message);
}

/// <summary>The values of <c>x-ms-substatus</c>, which distinguish failures with the same HTTP status.</summary>
internal static class SubStatus
{
    /// <summary>With 403: the region does not accept writes.</summary>
    public const int WriteForbidden = 3;

    /// <summary>With 400: the item's partition key differs from the key in the request's header.</summary>
    public const int PartitionKeyMismatch = 1001;

    /// <summary>With 404: no replica is as new as the session token requires.</summary>
    public const int ReadSessionNotAvailable = 1002;

    /// <summary>With 404: the database or the container does not exist, rather than the item.</summary>
    public const int OwnerResourceNotFound = 1003;

    /// <summary>With 429: the physical partition has used up its RU/s.</summary>
    public const int RequestRateTooLarge = 3200;
}
