using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json.Serialization;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>The result of one attempt.</summary>
public sealed record AttemptResult
{
    /// <summary>When the attempt began, UTC. The request carries the same time as <c>webhook-timestamp</c>.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The time from the start of the request until the last byte that was read of the response.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The HTTP status; null when no response came.</summary>
    public int? Status { get; init; }

    /// <summary>Why no response came; <see cref="AttemptError.None"/> when <see cref="Status"/> is set.</summary>
    public AttemptError Error { get; init; }

    /// <summary>The error in words for the owner of the endpoint; null when there was no error.</summary>
    public string? ErrorDetail { get; init; }

    /// <summary>The first 1,024 bytes of the response's body, decoded as UTF-8 with U+FFFD in place of invalid bytes.</summary>
    public string ResponseStart { get; init; } = "";

    /// <summary>How long the receiver asked us to wait (<c>Retry-After</c>, RFC 9110 section 10.2.3), never negative; null without that header.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool Succeeded => Status is >= 200 and <= 299;
}

/// <summary>Why an attempt got no response.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptError>))]
public enum AttemptError
{
    /// <summary>A response came, and its status decides the outcome.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>The headers of the response were not complete in time.</summary>
    [JsonStringEnumMemberName("timeout")]
    Timeout,

    /// <summary>The TLS handshake failed: the certificate was untrusted, expired or for another host, or no common version was found.</summary>
    [JsonStringEnumMemberName("tls")]
    Tls,

    /// <summary>The host name does not resolve.</summary>
    [JsonStringEnumMemberName("dns")]
    Dns,

    /// <summary>No process listens on the port.</summary>
    [JsonStringEnumMemberName("connectionRefused")]
    ConnectionRefused,

    /// <summary>The network has no route to the address.</summary>
    [JsonStringEnumMemberName("unreachable")]
    Unreachable,

    /// <summary>The connection ended before the response was complete.</summary>
    [JsonStringEnumMemberName("connectionLost")]
    ConnectionLost,

    /// <summary>The URL is not allowed, or its host name resolves to an address that is not public.</summary>
    [JsonStringEnumMemberName("addressRefused")]
    AddressRefused,

    /// <summary>The response was not HTTP, or its headers exceeded 16 KiB.</summary>
    [JsonStringEnumMemberName("invalidAnswer")]
    InvalidResponse,
}

/// <summary>Translates an exception of the HTTP client into an error for the owner of an endpoint.</summary>
internal sealed record AttemptFailure(AttemptError Error, string Detail)
{
    /// <returns>Null for an exception that neither the receiver nor the network caused.</returns>
    public static AttemptFailure? Of(Exception failure, WebhookSenderOptions limits)
    {
        // Checked before the inner exceptions, because a cancelled socket operation throws a SocketException of its own.
        if (failure is OperationCanceledException)
        {
            return new(AttemptError.Timeout, FormattableString.Invariant($"No response within {limits.Timeout.TotalSeconds:0.###} s."));
        }

        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            var known = cause switch
            {
                AddressRefusedException => new AttemptFailure(AttemptError.AddressRefused, cause.Message),
                HostUnknownException => new AttemptFailure(AttemptError.Dns, cause.Message),
                AuthenticationException => new AttemptFailure(AttemptError.Tls, Innermost(cause).Message),
                SocketException socket => new AttemptFailure(Of(socket.SocketErrorCode), socket.Message),
                _ => null,
            };
            if (known is not null)
            {
                return known;
            }
        }

        return failure switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new(AttemptError.Tls, Innermost(failure).Message),
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded
                    or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError
            } => new(AttemptError.InvalidResponse, failure.Message),
            HttpRequestException or IOException => new(AttemptError.ConnectionLost, Innermost(failure).Message),
            _ => null,
        };
    }

    private static AttemptError Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => AttemptError.ConnectionRefused,
        SocketError.TimedOut => AttemptError.Timeout,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            or SocketError.AddressFamilyNotSupported => AttemptError.Unreachable,
        _ => AttemptError.ConnectionLost,
    };

    private static Exception Innermost(Exception failure) => failure.GetBaseException();
}
