using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessScale.Functions.Identity;

/// <summary>Who calls: the <c>sub</c> of the validated token (RFC 7519 section 4.1.2), 1 to 128 characters without control characters.</summary>
internal static class CustomerExtensions
{
    /// <exception cref="InvalidOperationException">The function has no <see cref="Http.RequireScopeAttribute"/>, so nobody was identified.</exception>
    public static string CustomerId(this HttpContext httpContext) =>
        httpContext.User.FindFirst("sub")?.Value
        ?? throw new InvalidOperationException("Nobody was identified: the function needs [RequireScope].");

    /// <inheritdoc cref="CustomerId"/>
    public static string GetCustomer(this FunctionContext context) =>
        context.GetHttpContext()?.CustomerId()
        ?? throw new InvalidOperationException("Only HTTP functions have a customer.");
}
