using System.Security.Claims;

namespace ServerlessScale.Functions.Identity;

/// <summary>What became of a bearer token.</summary>
internal abstract record TokenOutcome
{
    private TokenOutcome()
    {
    }

    public sealed record Accepted(ClaimsPrincipal Caller) : TokenOutcome;

    /// <param name="Reason">What is wrong, fit for the client: ASCII without quotes or backslashes (RFC 6750 section 3).</param>
    /// <param name="Expired">Whether a new token from the same issuer would do.</param>
    public sealed record Refused(string Reason, bool Expired = false) : TokenOutcome;
}
