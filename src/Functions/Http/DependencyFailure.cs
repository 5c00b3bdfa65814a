using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Microsoft.Azure.Cosmos;
using StackExchange.Redis;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Distinguishes failures of the app's dependencies (storage, databases, the identity service, the network) from bugs in the app. When a
/// dependency fails, the client can send the request again.
/// </summary>
internal static class DependencyFailure
{
    // After its last retry, Azure.Core throws one of these exceptions:
    // - RequestFailedException with the service's status;
    // - RequestFailedException with status 0 and an inner HttpRequestException, if there was no response;
    // - TaskCanceledException, if an attempt took longer than RetryOptions.NetworkTimeout;
    // - AggregateException with one of the exceptions above for each attempt, if there were several attempts.
    public static bool Is(Exception exception) => exception switch
    {
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } => true,
        CosmosException { StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.Gone or HttpStatusCode.TooManyRequests } => true,
        // Cosmos DB returns 449 (Retry With) when requests write the same item concurrently, and 5xx when the service itself fails.
        CosmosException { StatusCode: (HttpStatusCode)449 or >= HttpStatusCode.InternalServerError } => true,
        // The connection failed, or the Redis server is loading its data, is read-only or is out of memory. When a command times out, the
        // Redis client throws a TimeoutException instead.
        RedisConnectionException or RedisServerException => true,
        AggregateException aggregate => aggregate.InnerExceptions.Any(Is),
        AuthenticationFailedException => true,
        HttpRequestException or SocketException or TimeoutException => true,
        IOException { InnerException: { } inner } => Is(inner),
        // ProblemGuard has already handled cancellation by the client, and FailureProblems has handled cancellation by the host. This
        // exception therefore means that a dependency took too long.
        OperationCanceledException => true,
        _ => false,
    };
}
