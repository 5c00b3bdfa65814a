using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Local.Lab.Http;

/// <summary>
/// Decides who may use the laboratory, which can kill processes. The checks keep out other machines, the pages of other origins, and pages
/// whose host name was made to point to this machine (DNS rebinding). The token keeps out programs that only guess the address. Programs of
/// users of this machine are not kept out: they can get the token as the page does.
/// </summary>
/// <param name="token">The bearer token.</param>
internal sealed class LabGuard(string token)
{
    private readonly byte[] _authorization = Encoding.UTF8.GetBytes($"Bearer {token}");

    /// <summary>Returns the reason why a request is refused; null if it is allowed.</summary>
    public LabProblem? Refuse(HttpContext context) => RefuseOrigin(context) ?? (HasToken(context.Request)
        ? null
        : new(
            StatusCodes.Status401Unauthorized, "lab-token-missing", "The token of the laboratory is missing",
            "Send the token that LocalCloud prints when it starts, as in Authorization: Bearer <token>."));

    /// <summary>
    /// Returns the reason why the page of another origin, or a client on another machine, is refused. Does not check the token.
    /// </summary>
    public static LabProblem? RefuseOrigin(HttpContext context)
    {
        var request = context.Request;
        if (context.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address))
        {
            return Forbidden("lab-not-local", "The laboratory is only for this machine", "Send the request from the machine that runs LocalCloud.");
        }

        if (!IsLoopback(request.Host.Host))
        {
            return Forbidden(
                "lab-host-refused", "The host name is not that of this machine", "Use the address that LocalCloud prints, such as http://127.0.0.1:7071.",
                "Host");
        }

        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
        {
            return Forbidden("lab-origin-refused", "Pages of other origins are refused", "Only the laboratory's own page may send this request.", "Origin");
        }

        // A browser sends this header with each request, also with those that have no Origin, such as the loading of an image.
        return request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none"
            ? null
            : Forbidden(
                "lab-origin-refused", "Pages of other origins are refused", "Only the laboratory's own page may send this request.", "Sec-Fetch-Site");
    }

    private bool HasToken(HttpRequest request) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), _authorization);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static LabProblem Forbidden(string code, string title, string detail, string? pointer = null) =>
        new(StatusCodes.Status403Forbidden, code, title, detail, pointer);
}
