using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary>
/// The <c>sid</c> session cookie (RFC 6265). Browsers delete the cookie when they are closed, hide it from scripts, and send it only over
/// HTTPS.
/// </summary>
internal static class SessionCookie
{
    private const string Name = "sid";

    /// <returns>The session id; null when the request has no <c>sid</c> cookie or the cookie's value is not a session id.</returns>
    public static SessionId? Read(HttpRequest request) =>
        SessionId.TryParse(request.Cookies[Name], out var session) ? session : null;

    public static void Issue(HttpResponse response, SessionId session) => response.Cookies.Append(Name, session.Value, Flags());

    /// <summary>Tells the client to delete the cookie if the request contains one.</summary>
    public static void Withdraw(HttpRequest request)
    {
        if (request.Cookies.ContainsKey(Name))
        {
            request.HttpContext.Response.Cookies.Delete(Name, Flags());
        }
    }

    private static CookieOptions Flags() => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
}
