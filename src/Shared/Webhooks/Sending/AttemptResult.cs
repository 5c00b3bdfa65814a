using System.Collections.ObjectModel;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json.Serialization;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>The result of one attempt.</summary>
public sealed record AttemptResult
{
    /// <summary>
    /// The UTC time at which the attempt began. The request contains the same time in the <c>webhook-timestamp</c> header.
    /// </summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// The duration of the attempt. It ends when the status and the start of the body have been read, or when an error occurs.
    /// </summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The HTTP status; null when the receiver sent no response.</summary>
    public int? Status { get; init; }

    /// <summary>The reason why there is no response; <see cref="AttemptError.None"/> when <see cref="Status"/> is set.</summary>
    public AttemptError Error { get; init; }

    /// <summary>A description of the error for the customer; null when there was no error.</summary>
    public string? ErrorDetail { get; init; }

    /// <summary>The first 1,024 bytes of the response body, decoded as UTF-8. Invalid bytes are replaced by U+FFFD.</summary>
    public string ResponseStart { get; init; } = "";

    /// <summary>
    /// The response headers that help a customer to find an error, by their names in lower case; see <see cref="RecordedHeaders"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> ResponseHeaders { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// The wait that the receiver requested with <c>Retry-After</c> (RFC 9110 section 10.2.3), never negative; null when the response has
    /// no such header.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool Succeeded => Status is >= 200 and <= 299;
}

/// <summary>The reason why an attempt received no response.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptError>))]
public enum AttemptError
{
    /// <summary>The receiver sent a response, whose status decides the outcome.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>The response headers did not arrive completely before the timeout.</summary>
    [JsonStringEnumMemberName("timeout")]
    Timeout,

    /// <summary>The TLS handshake failed, for example because the certificate was untrusted, expired or for another host.</summary>
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

    /// <summary>The connection was closed before the response was complete.</summary>
    [JsonStringEnumMemberName("connectionLost")]
    ConnectionLost,

    /// <summary>The URL is not allowed, or its host name resolves to an address that is not public.</summary>
    [JsonStringEnumMemberName("addressRefused")]
    AddressRefused,

    /// <summary>The response was not HTTP, or its headers exceeded 16 KiB.</summary>
    [JsonStringEnumMemberName("invalidAnswer")]
    InvalidResponse,
}

/// <summary>The error that ended an attempt, translated from an exception that the HTTP client threw.</summary>
internal sealed record AttemptFailure(AttemptError Error, string Detail)
{
    /// <returns>The error; null for an exception that neither the receiver nor the network caused.</returns>
    public static AttemptFailure? Of(Exception failure, WebhookSenderOptions limits)
    {
        // This check precedes the checks of inner exceptions, because a cancelled socket operation has an inner SocketException.
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
                AuthenticationException => Tls(cause),
                SocketException socket => Of(socket),
                _ => null,
            };
            if (known is not null)
            {
                return known;
            }
        }

        return failure switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => Tls(failure),
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded
                    or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError
            } => new(AttemptError.InvalidResponse, $"The response is not valid HTTP: {failure.Message}"),
            HttpRequestException or IOException => Lost(),
            _ => null,
        };
    }

    private static AttemptFailure Of(SocketException failure) => failure.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new(AttemptError.ConnectionRefused, "The connection was refused. No process listens on the port."),
        SocketError.TimedOut => new(AttemptError.Timeout, "The connection attempt timed out."),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            or SocketError.AddressFamilyNotSupported => new(AttemptError.Unreachable, "The network has no route to the address."),
        _ => Lost(),
    };

    private static AttemptFailure Tls(Exception failure) => new(AttemptError.Tls, $"The TLS handshake failed: {failure.GetBaseException().Message}");

    private static AttemptFailure Lost() =>
        new(AttemptError.ConnectionLost, "The connection was closed before the response headers were complete.");
}
