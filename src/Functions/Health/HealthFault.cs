using System.Net.Sockets;
using Azure;
using Azure.Identity;
using StackExchange.Redis;

namespace ServerlessScale.Functions.Health;

/// <summary>Says why a check failed in words that anybody may read: health is anonymous, so no addresses, names or messages of others.</summary>
internal static class HealthFault
{
    public static string Describe(Exception? exception) => exception switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Describe(last),
        RequestFailedException { Status: > 0 } refused => $"answered {refused.Status} {refused.ErrorCode}".TrimEnd(),
        RequestFailedException { InnerException: { } inner } => Describe(inner),
        AuthenticationFailedException => "the app's identity got no token",
        HttpRequestException { InnerException: SocketException socket } => $"connection failed: {socket.SocketErrorCode}",
        HttpRequestException request => $"connection failed: {request.HttpRequestError}",
        RedisConnectionException redis => $"connection failed: {redis.FailureType}",
        OperationCanceledException or TimeoutException => "no answer in time",
        null => "failed",
        _ => exception.GetType().Name,
    };
}
