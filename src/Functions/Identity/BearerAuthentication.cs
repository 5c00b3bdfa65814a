using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Identity;

/// <summary>
/// Authorizes a request by its bearer token (RFC 6750). This class reads only the headers, so the body of an unauthorized request is never
/// read.
/// </summary>
internal sealed partial class BearerAuthentication(TokenValidator tokens, ILogger<BearerAuthentication> logger)
{
    private const string Scheme = "Bearer";

    /// <summary>Sets <see cref="HttpContext.User"/> when the request has a valid token with the scope.</summary>
    /// <returns>Null when the request is authorized; otherwise the response to send instead of running the function.</returns>
    public async Task<IResult?> AuthorizeAsync(HttpContext http, string scope, CancellationToken cancellationToken)
    {
        if (Credentials(http) is not { } token)
        {
            return new BearerRefusal(Scheme, new Problem(
                StatusCodes.Status401Unauthorized, "token-missing", "A bearer token is required",
                $"Send an 'Authorization: Bearer <token>' header with a token that has the '{scope}' scope."));
        }

        try
        {
            return await tokens.ValidateAsync(token, cancellationToken) switch
            {
                TokenOutcome.Accepted { Caller: var caller } when HasScope(caller, scope) => Admit(http, caller),
                TokenOutcome.Accepted => LacksScope(scope),
                TokenOutcome.Refused refused => Refuse(refused),
                var outcome => throw new InvalidOperationException($"Unknown outcome {outcome}."),
            };
        }
        catch (AuthorityUnavailableException exception)
        {
            AuthorityUnavailable(exception);
            return new Problem(
                StatusCodes.Status503ServiceUnavailable, "authority-unavailable", "Tokens cannot be validated at the moment",
                "The authority that issues the tokens does not respond. The request itself is correct; send it again.")
            {
                RetryAfterSeconds = 5,
            }.ToResult();
        }
    }

    // The name of the scheme is case-insensitive (RFC 9110 section 11.1). A request with several Authorization headers has no token.
    private static string? Credentials(HttpContext http) =>
        http.Request.Headers.Authorization is [{ } header]
        && header.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase)
        && header[(Scheme.Length + 1)..].Trim() is { Length: > 0 } token
            ? token
            : null;

    // The scopes are in the "scope" claim (RFC 8693 section 4.2) or in Entra's "scp" claim, separated by spaces or as an array. Entra
    // lists the permissions of an application in the "roles" claim.
    private static bool HasScope(ClaimsPrincipal caller, string scope) =>
        caller.Claims.Any(claim => claim.Type switch
        {
            "scope" or "scp" => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains(scope, StringComparer.Ordinal),
            "roles" => claim.Value == scope,
            _ => false,
        });

    private static BearerRefusal? Admit(HttpContext http, ClaimsPrincipal caller)
    {
        http.User = caller;
        return null;
    }

    private static BearerRefusal LacksScope(string scope) => new(
        $"{Scheme} error=\"insufficient_scope\", error_description=\"The token lacks the scope.\", scope=\"{scope}\"",
        new Problem(
            StatusCodes.Status403Forbidden, "scope-missing", "The token lacks a scope", $"Send a token that has the '{scope}' scope."));

    private static BearerRefusal Refuse(TokenOutcome.Refused refused) => new(
        $"{Scheme} error=\"invalid_token\", error_description=\"{refused.Reason}\"",
        refused.Expired
            ? new Problem(StatusCodes.Status401Unauthorized, "token-expired", "The token has expired", refused.Reason)
            : new Problem(StatusCodes.Status401Unauthorized, "token-invalid", "The token is not valid", refused.Reason));

    [LoggerMessage(LogLevel.Warning, "Tokens cannot be validated because the authority's keys could not be read.")]
    private partial void AuthorityUnavailable(Exception exception);
}

/// <summary>A problem response with the <c>WWW-Authenticate</c> header that RFC 6750 section 3 requires.</summary>
internal sealed class BearerRefusal(string challenge, Problem problem) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.WWWAuthenticate = challenge;
        return problem.ToResult().ExecuteAsync(httpContext);
    }
}
