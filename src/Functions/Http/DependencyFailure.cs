using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Microsoft.Azure.Cosmos;
using StackExchange.Redis;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Distinguishes failures of the app's dependencies (storage, databases, the identity service, the network) from faults of the app
/// itself. After a failure of a dependency, the client can send the request again.
/// </summary>
internal static class DependencyFailure
{
    // After its last retry, Azure.Core throws one of four exceptions: RequestFailedException with the service's status;
    // RequestFailedException with status 0 around an HttpRequestException when there was no response; TaskCanceledException when an
    // attempt took longer than RetryOptions.NetworkTimeout; or, after several attempts, an AggregateException of one such exception
    // per attempt.
    public static bool Is(Exception exception) => exception switch
    {
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } => true,
        CosmosException { StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.Gone or HttpStatusCode.TooManyRequests } => true,
        // The service returns 449 (Retry With) for concurrent writes of an item, and 5xx for its own failures.
        CosmosException { StatusCode: (HttpStatusCode)449 or >= HttpStatusCode.InternalServerError } => true,
        // The connection failed, or the server is loading, read-only or out of memory. Redis timeouts are TimeoutExceptions.
        RedisConnectionException or RedisServerException => true,
        AggregateException aggregate => aggregate.InnerExceptions.Any(Is),
        AuthenticationFailedException => true,
        HttpRequestException or SocketException or TimeoutException => true,
        IOException { InnerException: { } inner } => Is(inner),
        // The caller has already handled cancellation by the client and by the host, so this exception means that a dependency took
        // too long.
        OperationCanceledException => true,
        _ => false,
    };
}
