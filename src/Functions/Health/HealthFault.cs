using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Microsoft.Azure.Cosmos;
using StackExchange.Redis;

namespace ServerlessScale.Functions.Health;

/// <summary>
/// Describes why a check failed. Anyone can read the health response, so the description contains no addresses, no names and no
/// error messages from other services.
/// </summary>
internal static class HealthFault
{
    public static string Describe(Exception? exception) => exception switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Describe(last),
        RequestFailedException { Status: > 0 } refused => $"responded with {refused.Status} {refused.ErrorCode}".TrimEnd(),
        RequestFailedException { InnerException: { } inner } => Describe(inner),
        CosmosException { StatusCode: > 0 and var status } => $"responded with {(int)status}",
        AuthenticationFailedException => "the app's identity could not get a token",
        HttpRequestException { InnerException: SocketException socket } => $"connection failed: {socket.SocketErrorCode}",
        HttpRequestException request => $"connection failed: {request.HttpRequestError}",
        RedisConnectionException redis => $"connection failed: {redis.FailureType}",
        DiskFullException => "no space left on the disk",
        OperationCanceledException or TimeoutException => "no response in time",
        null => "failed",
        _ => exception.GetType().Name,
    };
}
