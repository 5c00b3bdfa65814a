using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ServerlessScale.Functions.Identity;

/// <summary>
/// Accepts JWTs (RFC 7519) of the authority, signed with its asymmetric keys, and in development those of the development key.
/// The issuer decides which, and each takes its own algorithms only, so that a public key can never serve as an HMAC secret.
/// </summary>
internal sealed class TokenValidator(IOptions<AuthenticationOptions> options, AuthorityKeys authority)
{
    /// <summary>Longer tokens are refused unread: in bytes, enough for a few hundred group claims.</summary>
    public const int MaximumTokenLength = 8 * 1024;

    private const int MaximumSubjectLength = 128;

    private static readonly string[] AuthorityAlgorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler _handler = new()
    {
        MaximumTokenSizeInBytes = MaximumTokenLength,
        MapInboundClaims = false,
    };

    private readonly TokenValidationParameters? _development =
        DevelopmentTokens.TryReadKey(options.Value.DevelopmentSigningKey ?? "", out var key)
            ? Parameters(options.Value, DevelopmentTokens.Issuer, [new SymmetricSecurityKey(key)], [SecurityAlgorithms.HmacSha256])
            : null;

    /// <exception cref="AuthorityUnavailableException">The authority's keys are needed and cannot be read.</exception>
    public async Task<TokenOutcome> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > MaximumTokenLength)
        {
            return new TokenOutcome.Refused($"The token is longer than {MaximumTokenLength} bytes.");
        }

        if (!TryRead(token, out var read))
        {
            return new TokenOutcome.Refused("The token is not a JSON Web Token.");
        }

        var result = await ValidateAsync(read, cancellationToken);
        return result switch
        {
            null => new TokenOutcome.Refused("The token's issuer is not accepted here."),
            { IsValid: false, Exception: var exception } => Refusal(exception),
            { ClaimsIdentity: var identity } => HasUsableSubject(identity)
                ? new TokenOutcome.Accepted(new ClaimsPrincipal(identity))
                : new TokenOutcome.Refused($"The token's sub is not 1 to {MaximumSubjectLength} characters without control characters."),
        };
    }

    private bool TryRead(string token, out JsonWebToken read)
    {
        read = null!;
        try
        {
            read = _handler.ReadJsonWebToken(token);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <returns>Null when nobody is configured who could have issued the token.</returns>
    private async Task<TokenValidationResult?> ValidateAsync(JsonWebToken token, CancellationToken cancellationToken)
    {
        if (_development is not null && IssuerOf(token) == DevelopmentTokens.Issuer)
        {
            return await _handler.ValidateTokenAsync(token, _development);
        }

        if (await authority.GetAsync(cancellationToken) is not { } known)
        {
            return null;
        }

        var result = await ValidateAsync(token, known);
        if (result.Exception is not SecurityTokenSignatureKeyNotFoundException)
        {
            return result;
        }

        var refreshed = await authority.RefreshAsync(cancellationToken);
        return refreshed is null || ReferenceEquals(refreshed, known) ? result : await ValidateAsync(token, refreshed);
    }

    private Task<TokenValidationResult> ValidateAsync(JsonWebToken token, OpenIdConnectConfiguration issuer) =>
        _handler.ValidateTokenAsync(token, Parameters(options.Value, issuer.Issuer, issuer.SigningKeys, AuthorityAlgorithms));

    private static string? IssuerOf(JsonWebToken token) =>
        token.TryGetPayloadValue<string>(JwtRegisteredClaimNames.Iss, out var issuer) ? issuer : null;

    private static TokenValidationParameters Parameters(
        AuthenticationOptions options, string issuer, ICollection<SecurityKey> keys, string[] algorithms) => new()
        {
            ValidIssuer = issuer,
            ValidAudience = options.Audience,
            IssuerSigningKeys = keys,
            ValidAlgorithms = algorithms,
            ClockSkew = TimeSpan.FromSeconds(60),
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            NameClaimType = JwtRegisteredClaimNames.Sub,
            RoleClaimType = "roles",
        };

    private static TokenOutcome.Refused Refusal(Exception exception) => exception switch
    {
        SecurityTokenExpiredException { Expires: var expires } =>
            new($"The token expired at {expires:yyyy-MM-ddTHH:mm:ssZ}.", Expired: true),
        SecurityTokenNotYetValidException { NotBefore: var notBefore } =>
            new($"The token is not valid before {notBefore:yyyy-MM-ddTHH:mm:ssZ}."),
        SecurityTokenNoExpirationException => new("The token has no exp."),
        SecurityTokenInvalidAudienceException => new("The token is for another audience."),
        SecurityTokenInvalidIssuerException => new("The token's issuer is not accepted here."),
        SecurityTokenInvalidAlgorithmException => new("The token's algorithm is not accepted here."),
        SecurityTokenSignatureKeyNotFoundException => new("The token's signature matches no key of its issuer."),
        _ => new("The token's signature is not valid."),
    };

    private static bool HasUsableSubject(ClaimsIdentity identity) =>
        identity.FindFirst(JwtRegisteredClaimNames.Sub)?.Value is { Length: >= 1 and <= MaximumSubjectLength } subject
        && !subject.Any(char.IsControl);
}
