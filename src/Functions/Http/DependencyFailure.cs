using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Microsoft.Azure.Cosmos;
using StackExchange.Redis;

namespace ServerlessScale.Functions.Http;

/// <summary>Tells failures of storage, identity and the network between (try again later) from faults of this program.</summary>
internal static class DependencyFailure
{
    // Azure.Core, once its retries are used up, throws: RequestFailedException with the service's status; the same with status
    // 0 around an HttpRequestException when no answer came; TaskCanceledException when a try took longer than
    // RetryOptions.NetworkTimeout; and AggregateException of these, one for each try, when there was more than one.
    public static bool Is(Exception exception) => exception switch
    {
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } => true,
        CosmosException { StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.Gone or HttpStatusCode.TooManyRequests } => true,
        // 449, when two writes met in the service, and whatever it calls its own fault.
        CosmosException { StatusCode: (HttpStatusCode)449 or >= HttpStatusCode.InternalServerError } => true,
        // No connection, or a server that is loading, read-only or out of memory; its timeouts are TimeoutExceptions.
        RedisConnectionException or RedisServerException => true,
        AggregateException aggregate => aggregate.InnerExceptions.Any(Is),
        AuthenticationFailedException => true,
        HttpRequestException or SocketException or TimeoutException => true,
        IOException { InnerException: { } inner } => Is(inner),
        // Neither the client nor the host cancelled (those were told apart before), so something took too long.
        OperationCanceledException => true,
        _ => false,
    };
}
