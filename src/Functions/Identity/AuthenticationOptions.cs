using ServerlessScale.Shared;

namespace ServerlessScale.Functions.Identity;

/// <summary>Settings <c>Authentication:*</c>: whose tokens are accepted.</summary>
internal sealed class AuthenticationOptions
{
    public const string Section = "Authentication";

    /// <summary>
    /// Issuer of the tokens: the URL below which <c>/.well-known/openid-configuration</c> is (OpenID Connect Discovery 1.0),
    /// https outside development. Required outside development.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>What a token's <c>aud</c> must name. Default <c>serverlessscale</c>.</summary>
    public string Audience { get; set; } = "serverlessscale";

    /// <summary>
    /// Key of development tokens (HS256, issuer <see cref="DevelopmentTokens.Issuer"/>): base64 of at least 32 bytes. Refused
    /// outside development, as whoever has it can be anybody.
    /// </summary>
    [DevelopmentOnly]
    public string? DevelopmentSigningKey { get; set; }

    /// <summary>A token whose key is unknown makes the authority's keys be read again, but not more often than this. 1 s or longer, default 30 s.</summary>
    public TimeSpan KeyRefreshInterval { get; set; } = TimeSpan.FromSeconds(30);
}
