using System.Text;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Sealing;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>
/// Encrypts the endpoints' secrets before they are stored, with the keys in the <c>Webhooks:EncryptionKey</c> and
/// <c>Webhooks:PreviousEncryptionKey</c> settings. A secret that is copied to another endpoint's row cannot be decrypted there.
/// </summary>
public sealed class SecretVault(IOptions<WebhookOptions> options)
{
    private readonly Sealer _sealer = options.Value.CreateSealer();

    /// <returns>The sealed secret in base64.</returns>
    public string Encrypt(EndpointId endpoint, string secret) =>
        Convert.ToBase64String(_sealer.Seal(Encoding.UTF8.GetBytes(secret), endpoint.Value));

    /// <exception cref="System.Security.Cryptography.CryptographicException">
    /// The secret was encrypted for another endpoint, was encrypted with a key that is not in the settings, or was modified.
    /// </exception>
    public string Decrypt(EndpointId endpoint, string encrypted) =>
        Encoding.UTF8.GetString(_sealer.Open(Convert.FromBase64String(encrypted), endpoint.Value));
}
