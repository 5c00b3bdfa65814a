using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary>The cookie <c>sid</c> (RFC 6265), which a browser forgets when it is closed; scripts and plain HTTP do not get it.</summary>
internal static class SessionCookie
{
    private const string Name = "sid";

    /// <returns>Null when there is none, or one that cannot have been made here.</returns>
    public static SessionId? Read(HttpRequest request) =>
        SessionId.TryParse(request.Cookies[Name], out var session) ? session : null;

    public static void Issue(HttpResponse response, SessionId session) => response.Cookies.Append(Name, session.Value, Flags());

    /// <summary>Asks the client to forget it, if it has one.</summary>
    public static void Withdraw(HttpRequest request)
    {
        if (request.Cookies.ContainsKey(Name))
        {
            request.HttpContext.Response.Cookies.Delete(Name, Flags());
        }
    }

    private static CookieOptions Flags() => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
}
