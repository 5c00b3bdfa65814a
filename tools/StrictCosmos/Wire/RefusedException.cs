using Microsoft.AspNetCore.Http;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>A request that the service does not carry out; becomes the answer with this status.</summary>
internal sealed class RefusedException(int status, string message, int subStatus = 0) : Exception(message)
{
    public int Status { get; } = status;

    public int SubStatus { get; } = subStatus;

    /// <summary>RU that the refusal costs.</summary>
    public double Charge { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public static RefusedException BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    public static RefusedException NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    public static RefusedException TooLarge(string message) => new(StatusCodes.Status413PayloadTooLarge, message);
}
