namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>Settings <c>Webhooks:*</c> on signing.</summary>
public sealed class WebhookSigningOptions
{
    public const string Section = "Webhooks";

    /// <summary>More would make the signature header long, and a rotation needs two.</summary>
    public const int MaxKeys = 4;

    /// <summary>
    /// The Ed25519 keys of signature <c>v1a</c>, <c>whsk_</c> and base64 of 32 random bytes, the same for all instances; in Azure a
    /// Key Vault reference each. 1 to 4: each signs, each is published.
    /// </summary>
    public string[] SigningKeys { get; set; } = [];
}
