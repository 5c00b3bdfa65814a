using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ServerlessScale.Functions.Identity;

/// <summary>
/// Validates JWTs (RFC 7519) that the authority has signed with its asymmetric keys and, in development, JWTs that are signed with the
/// development key. The token's issuer determines which keys are used. Each issuer has its own list of algorithms, so that a forger cannot
/// use the authority's public key as an HMAC secret.
/// </summary>
internal sealed class TokenValidator(IOptions<AuthenticationOptions> options, AuthorityKeys authority)
{
    /// <summary>
    /// The maximum size of a token in bytes. It allows a few hundred group claims. A longer token is rejected without being parsed.
    /// </summary>
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

    /// <exception cref="AuthorityUnavailableException">The authority's keys are required but cannot be read.</exception>
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

        // RFC 7515 section 4.1.11: a recipient must refuse a token with critical extensions that it does not implement. This app implements
        // none, and an empty or malformed list is not valid either.
        if (read.TryGetHeaderValue<object>("crit", out _))
        {
            return new TokenOutcome.Refused("The token's crit header requires extensions that are not supported here.");
        }

        var result = await ValidateAsync(read, cancellationToken);
        return result switch
        {
            null => new TokenOutcome.Refused("The token's issuer is not accepted here."),
            { IsValid: false, Exception: var exception } => Refusal(exception),
            { ClaimsIdentity: var identity } => HasUsableSubject(identity)
                ? new TokenOutcome.Accepted(new ClaimsPrincipal(identity))
                : new TokenOutcome.Refused($"The token's sub claim must have 1 to {MaximumSubjectLength} characters and no control characters."),
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

    /// <returns>The result; null when no configured issuer could have issued the token.</returns>
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
            // RFC 7519 section 2: audiences are compared as case-sensitive strings. By default, the library ignores a trailing slash.
            IgnoreTrailingSlashWhenValidatingAudience = false,
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
        SecurityTokenNoExpirationException => new("The token has no exp claim."),
        SecurityTokenInvalidAudienceException => new("The token is intended for another audience."),
        SecurityTokenInvalidIssuerException => new("The token's issuer is not accepted here."),
        SecurityTokenInvalidAlgorithmException => new("The token's algorithm is not accepted here."),
        SecurityTokenSignatureKeyNotFoundException => new("The token's signature matches none of its issuer's keys."),
        _ => new("The token's signature is not valid."),
    };

    private static bool HasUsableSubject(ClaimsIdentity identity) =>
        identity.FindFirst(JwtRegisteredClaimNames.Sub)?.Value is { Length: >= 1 and <= MaximumSubjectLength } subject
        && !subject.Any(char.IsControl);
}

/// <summary>The result of validating a bearer token.</summary>
internal abstract record TokenOutcome
{
    private TokenOutcome()
    {
    }

    public sealed record Accepted(ClaimsPrincipal Caller) : TokenOutcome;

    /// <param name="Reason">The reason that the client receives, in ASCII without quotes or backslashes (RFC 6750 section 3).</param>
    /// <param name="Expired">Whether the token has expired. If so, the client can request a new token from the same issuer.</param>
    public sealed record Refused(string Reason, bool Expired = false) : TokenOutcome;
}

/// <summary>Defines the issuer and the key format of development tokens, which are valid only on a developer's machine.</summary>
internal static class DevelopmentTokens
{
    public const string Issuer = "urn:serverlessscale:development";

    /// <summary>The size of an HS256 hash. RFC 7518 section 3.2 requires the key to be at least as long as the hash.</summary>
    private const int MinimumKeyBytes = 32;

    public static bool TryReadKey(string base64, [NotNullWhen(true)] out byte[]? key)
    {
        key = Base64.IsValid(base64) ? Convert.FromBase64String(base64) : null;
        if (key is not { Length: >= MinimumKeyBytes })
        {
            key = null;
        }

        return key is not null;
    }
}
