using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Functions.Identity;

internal static class CustomerExtensions
{
    /// <summary>
    /// Returns the id of the customer who sent the request: the <c>sub</c> claim of the validated token (RFC 7519 section 4.1.2). It has 1
    /// to 128 characters and contains no control characters.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The function has no <see cref="Http.RequireScopeAttribute"/>, so the caller is unknown.
    /// </exception>
    public static string CustomerId(this HttpContext httpContext) =>
        httpContext.User.FindFirst("sub")?.Value
        ?? throw new InvalidOperationException("The caller was not identified. Add [RequireScope] to the function.");
}
