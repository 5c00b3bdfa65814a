using ServerlessScale.Shared;

namespace ServerlessScale.Functions.Identity;

/// <summary>The <c>Authentication:*</c> settings, which determine the tokens that the app accepts.</summary>
internal sealed class AuthenticationOptions
{
    public const string Section = "Authentication";

    /// <summary>
    /// The issuer of the tokens: the URL to which <c>/.well-known/openid-configuration</c> is appended (OpenID Connect Discovery 1.0).
    /// Outside development, this setting is required and must be an https URL.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>The audience that a token's <c>aud</c> claim must contain. Default <c>serverlessscale</c>.</summary>
    public string Audience { get; set; } = "serverlessscale";

    /// <summary>
    /// The key that signs development tokens (HS256, issuer <see cref="DevelopmentTokens.Issuer"/>), at least 32 bytes in base64. Outside
    /// development, the app refuses to start if this key is set, because anyone who knows the key can act as any customer.
    /// </summary>
    [DevelopmentOnly]
    public string? DevelopmentSigningKey { get; set; }

    /// <summary>
    /// The minimum time between two reads of the authority's keys. A token that was signed with an unknown key triggers a read. At least
    /// 1 s, default 30 s.
    /// </summary>
    public TimeSpan KeyRefreshInterval { get; set; } = TimeSpan.FromSeconds(30);
}
