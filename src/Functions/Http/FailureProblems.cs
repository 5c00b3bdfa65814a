using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Maps an exception to the problem that the client receives. The problem contains the exception's message only for a
/// <see cref="ProblemException"/> and for protocol errors that the web server detects. For other exceptions the text is fixed.
/// </summary>
internal static class FailureProblems
{
    public const string InternalError = "internal-error";

    public static Problem Of(Exception exception, HttpContext http, CancellationToken invocationCancelled) => exception switch
    {
        ProblemException { Problem: var problem } => problem,
        BadHttpRequestException refused => Refused(refused),
        FunctionInputConverterException => new Problem(
            StatusCodes.Status400BadRequest, "invalid-parameter", "A parameter is not valid",
            "A route or query parameter does not have the type that this operation expects."),
        OperationCanceledException when invocationCancelled.IsCancellationRequested => new Problem(
            StatusCodes.Status503ServiceUnavailable, "invocation-cancelled", "The request was stopped",
            "The instance is shutting down, or the request exceeded its time limit. Send the request again.")
        {
            RetryAfterSeconds = 1,
        },
        ContentionException => new Problem(
            StatusCodes.Status503ServiceUnavailable, "contention", "Too many requests are changing the same data",
            "Other requests changed the same data during every attempt of this request, so nothing was changed. Send the request again.")
        {
            RetryAfterSeconds = 1,
        },
        ConsistencyNotReachedException => new Problem(
            StatusCodes.Status503ServiceUnavailable, "consistency-not-reached", "The store is behind your last write",
            "The region of the store that served this request lacks earlier writes. Send the request again, with the same idempotency key if it has one.")
        {
            RetryAfterSeconds = 1,
        },
        _ when DependencyFailure.Is(exception) => new Problem(
            StatusCodes.Status503ServiceUnavailable, "dependency-unavailable", "A service that the app depends on is unavailable",
            "Storage or another service did not respond in time. The request itself is correct; send it again.")
        {
            RetryAfterSeconds = 5,
        },
        _ => new Problem(
            StatusCodes.Status500InternalServerError, InternalError, "Something went wrong on our side",
            $"The failure was logged under the invocation id {http.TraceIdentifier}."),
    };

    private static Problem Refused(BadHttpRequestException refused) => refused.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => new Problem(
            StatusCodes.Status413PayloadTooLarge, "request-too-large", "The request is too large", refused.Message),
        StatusCodes.Status408RequestTimeout => new Problem(
            StatusCodes.Status408RequestTimeout, "request-timeout", "The request arrived too slowly", refused.Message),
        _ => new Problem(
            refused.StatusCode, "bad-request", "The request is not valid", refused.Message),
    };
}
