using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>Creates and rotates the endpoints' secrets and provides the keys that sign deliveries.</summary>
public sealed class EndpointKeys(SecretVault vault, WebhookKeySet keySet, TimeProvider time)
{
    /// <summary>
    /// The time after a rotation during which deliveries are signed with the previous secret in addition to the current one.
    /// </summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    public SigningKeys Of(WebhookEndpoint endpoint, EndpointId id) => endpoint.Signature switch
    {
        SignatureKind.V1a => new SigningKeys.KeyPairs(keySet),
        _ => new SigningKeys.Secrets(
            WebhookSecret.Parse(vault.Decrypt(id, endpoint.Secrets.Current)),
            PreviousOf(endpoint.Secrets) is { } previous ? WebhookSecret.Parse(vault.Decrypt(id, previous)) : null,
            endpoint.Secrets.PreviousUntil),
    };

    /// <summary>
    /// Creates an endpoint's first secret. An endpoint that uses <c>v1a</c> signatures also gets a secret, but this secret is never shown
    /// or used.
    /// </summary>
    /// <param name="secret">The secret in plain text.</param>
    internal EndpointSecrets Create(EndpointId id, out string secret)
    {
        secret = WebhookSecret.Create().Reveal();
        return new EndpointSecrets(vault.Encrypt(id, secret), Previous: null, PreviousUntil: null);
    }

    /// <summary>
    /// Creates a new secret. The current secret becomes the previous secret. If there was already a previous secret, it is no longer
    /// used.
    /// </summary>
    /// <param name="secret">The new secret in plain text.</param>
    internal EndpointSecrets Rotate(EndpointId id, EndpointSecrets secrets, out string secret)
    {
        secret = WebhookSecret.Create().Reveal();
        // The old secret is re-encrypted with the current encryption key. Once the secrets of all endpoints have been rotated, the previous
        // encryption key is no longer needed.
        var previous = vault.Encrypt(id, vault.Decrypt(id, secrets.Current));
        return new EndpointSecrets(vault.Encrypt(id, secret), previous, time.GetUtcNow() + Overlap);
    }

    private string? PreviousOf(EndpointSecrets secrets) => secrets.PreviousUntil > time.GetUtcNow() ? secrets.Previous : null;
}
