using System.Security.Claims;

namespace ServerlessScale.Functions.Identity;

/// <summary>
/// What a token grants: <c>scope</c> (RFC 8693 section 4.2) and Entra's <c>scp</c>, space-separated or an array, and app
/// permissions in <c>roles</c>.
/// </summary>
internal static class GrantedScopes
{
    public static bool Grants(ClaimsPrincipal caller, string scope) =>
        caller.Claims.Any(claim => claim.Type switch
        {
            "scope" or "scp" => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains(scope, StringComparer.Ordinal),
            "roles" => claim.Value == scope,
            _ => false,
        });
}
