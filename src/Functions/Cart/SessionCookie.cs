using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary>
/// The session cookie <c>sid</c> (RFC 6265). A browser forgets it when the browser is closed, hides it from scripts, and sends it over
/// HTTPS only.
/// </summary>
internal static class SessionCookie
{
    private const string Name = "sid";

    /// <returns>Null when the request has no such cookie, or its value is not a session id.</returns>
    public static SessionId? Read(HttpRequest request) =>
        SessionId.TryParse(request.Cookies[Name], out var session) ? session : null;

    public static void Issue(HttpResponse response, SessionId session) => response.Cookies.Append(Name, session.Value, Flags());

    /// <summary>Deletes the cookie in the client, if the request has sent it.</summary>
    public static void Withdraw(HttpRequest request)
    {
        if (request.Cookies.ContainsKey(Name))
        {
            request.HttpContext.Response.Cookies.Delete(Name, Flags());
        }
    }

    private static CookieOptions Flags() => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
}
