using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Webhooks.Sending.Signing;

/// <summary>The <c>Webhooks:*</c> settings for <c>v1a</c> signatures.</summary>
public sealed class WebhookSigningOptions
{
    public const string Section = "Webhooks";

    /// <summary>The maximum number of keys. A rotation needs two keys, and each further key lengthens the signature header.</summary>
    public const int MaxKeys = 4;

    /// <summary>
    /// The Ed25519 keys, each <c>whsk_</c> followed by 32 random bytes in base64. 1 to 4 keys. Every delivery with a <c>v1a</c> signature
    /// is signed with every key, and every public key is published. All instances need the same keys. In Azure, each key is a Key Vault
    /// reference.
    /// </summary>
    public string[] SigningKeys { get; set; } = [];
}

public sealed class WebhookSigningOptionsValidator : IValidateOptions<WebhookSigningOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookSigningOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        var section = $"{WebhookSigningOptions.Section}:{nameof(options.SigningKeys)}";
        if (options.SigningKeys.Length is 0 or > WebhookSigningOptions.MaxKeys)
        {
            result.AddError($"must contain 1 to {WebhookSigningOptions.MaxKeys} keys.", section);
        }

        for (var index = 0; index < options.SigningKeys.Length; index++)
        {
            var key = options.SigningKeys[index];
            if (!WebhookSigningKey.IsValid(key))
            {
                result.AddError(
                    KeyVaultReference.IsUnresolved(key)
                        ? KeyVaultReference.Unresolved
                        : $"must be {WebhookSigningKey.Prefix} followed by 32 bytes in base64.",
                    $"{section}:{index}");
            }
        }

        return result.Build();
    }
}
