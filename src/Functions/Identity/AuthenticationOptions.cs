using ServerlessScale.Shared;

namespace ServerlessScale.Functions.Identity;

/// <summary>Settings <c>Authentication:*</c>: the issuer whose tokens the app accepts.</summary>
internal sealed class AuthenticationOptions
{
    public const string Section = "Authentication";

    /// <summary>
    /// The issuer of the tokens: the URL to which <c>/.well-known/openid-configuration</c> is appended (OpenID Connect Discovery 1.0).
    /// Outside development it is required and must be https.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>The audience that a token's <c>aud</c> claim must contain. Default <c>serverlessscale</c>.</summary>
    public string Audience { get; set; } = "serverlessscale";

    /// <summary>
    /// The key that signs development tokens (HS256, issuer <see cref="DevelopmentTokens.Issuer"/>): base64 of at least 32 bytes. The
    /// app does not start with this key outside development, because anyone who knows the key can act as any customer.
    /// </summary>
    [DevelopmentOnly]
    public string? DevelopmentSigningKey { get; set; }

    /// <summary>
    /// The shortest time between two reads of the authority's keys. A token that names an unknown key triggers a read. At least 1 s,
    /// default 30 s.
    /// </summary>
    public TimeSpan KeyRefreshInterval { get; set; } = TimeSpan.FromSeconds(30);
}
