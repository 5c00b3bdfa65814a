using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Webhooks;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// Checks what the app says when App Service passes a reference instead of a secret
/// (learn.microsoft.com/azure/app-service/app-service-key-vault-references, "Troubleshoot Key Vault references").
/// </summary>
public sealed class KeyVaultReferenceTests
{
    private const string Reference = "@Microsoft.KeyVault(VaultName=kv-shop;SecretName=a-key)";
    private static readonly string Key = Convert.ToBase64String(new byte[32]);

    public static TheoryData<string> Secrets => [.. Installation.Read("prod").AppSettings.Values
        .SelectMany(settings => settings)
        .Where(setting => setting.Value.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal))
        .Select(setting => setting.Key)
        .Append("Webhooks__PreviousEncryptionKey")
        .Distinct()];

    [Theory, MemberData(nameof(Secrets))]
    public void An_unresolved_reference_is_named_in_the_startup_error(string setting)
    {
        var result = Validate(setting, Reference);

        Assert.Contains(
            $"{setting.Replace("__", ":", StringComparison.Ordinal)}: contains a Key Vault reference that App Service did not resolve.",
            result.FailureMessage,
            StringComparison.Ordinal);
        Assert.Single(result.Failures!);
    }

    private static ValidateOptionsResult Validate(string setting, string value) => setting switch
    {
        "Orders__CursorKey" => new OrderOptionsValidator().Validate(null, new() { CursorKey = value }),
        "Webhooks__EncryptionKey" => new WebhookOptionsValidator().Validate(null, new() { EncryptionKey = value }),
        "Webhooks__PreviousEncryptionKey" =>
            new WebhookOptionsValidator().Validate(null, new() { EncryptionKey = Key, PreviousEncryptionKey = value }),
        "Images__SizeKeys__0" => new SizeOptionsValidator().Validate(null, new() { SizeKeys = [value] }),
        "Webhooks__SigningKeys__0" => new WebhookSigningOptionsValidator().Validate(null, new() { SigningKeys = [value] }),
        _ => throw new ArgumentException($"No validator reads the secret {setting}.", nameof(setting)),
    };
}
