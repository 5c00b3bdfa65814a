using System.Net.Sockets;
using System.Security.Authentication;

namespace ServerlessScale.Shared.Webhooks.Sending;

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
