using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Identity;

/// <summary>Lets bearers of a scope in (RFC 6750). Reads the headers only, so a stranger's body is never received.</summary>
internal sealed partial class BearerAuthentication(TokenValidator tokens, ILogger<BearerAuthentication> logger)
{
    private const string Scheme = "Bearer";

    /// <summary>On success sets <see cref="HttpContext.User"/> and returns null, otherwise the answer to give instead of the function's.</summary>
    public async Task<IResult?> AuthorizeAsync(HttpContext http, string scope, CancellationToken cancellationToken)
    {
        if (Credentials(http) is not { } token)
        {
            return new BearerRefusal(Scheme, new Problem(
                StatusCodes.Status401Unauthorized, "token-missing", "A bearer token is needed",
                $"Send the header 'Authorization: Bearer <token>' with a token that has the scope '{scope}'."));
        }

        try
        {
            return await tokens.ValidateAsync(token, cancellationToken) switch
            {
                TokenOutcome.Accepted { Caller: var caller } when GrantedScopes.Grants(caller, scope) => Admit(http, caller),
                TokenOutcome.Accepted => LacksScope(scope),
                TokenOutcome.Refused refused => Refuse(refused),
                var outcome => throw new InvalidOperationException($"Unknown outcome {outcome}."),
            };
        }
        catch (AuthorityUnavailableException exception)
        {
            AuthorityUnavailable(exception);
            return new Problem(
                StatusCodes.Status503ServiceUnavailable, "authority-unavailable", "Tokens cannot be checked now",
                "The authority that issues the tokens does not answer. Nothing is wrong with the request; send it again.")
            {
                RetryAfterSeconds = 5,
            }.ToResult();
        }
    }

    // The scheme's name is case-insensitive (RFC 9110 section 11.1). Two headers are one credential too many.
    private static string? Credentials(HttpContext http) =>
        http.Request.Headers.Authorization is [{ } header]
        && header.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase)
        && header[(Scheme.Length + 1)..].Trim() is { Length: > 0 } token
            ? token
            : null;

    private static BearerRefusal? Admit(HttpContext http, ClaimsPrincipal caller)
    {
        http.User = caller;
        return null;
    }

    private static BearerRefusal LacksScope(string scope) => new(
        $"{Scheme} error=\"insufficient_scope\", error_description=\"The token lacks the scope.\", scope=\"{scope}\"",
        new Problem(
            StatusCodes.Status403Forbidden, "scope-missing", "The token lacks a scope", $"The token needs the scope '{scope}'."));

    private static BearerRefusal Refuse(TokenOutcome.Refused refused) => new(
        $"{Scheme} error=\"invalid_token\", error_description=\"{refused.Reason}\"",
        refused.Expired
            ? new Problem(StatusCodes.Status401Unauthorized, "token-expired", "The token has expired", refused.Reason)
            : new Problem(StatusCodes.Status401Unauthorized, "token-invalid", "The token is not valid", refused.Reason));

    [LoggerMessage(LogLevel.Warning, "Tokens cannot be checked: the authority's keys could not be read.")]
    private partial void AuthorityUnavailable(Exception exception);
}
