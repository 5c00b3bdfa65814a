using System.Collections.ObjectModel;
using System.Text.Json;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>Creates and rotates the endpoints' secrets and provides the keys that sign deliveries.</summary>
public sealed class EndpointKeys(SecretVault vault, WebhookKeySet keySet, TimeProvider time)
{
    /// <summary>
    /// The time after a rotation during which deliveries are signed with the previous secret in addition to the current one, unless the
    /// customer chooses another time.
    /// </summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    public SigningKeys Of(WebhookEndpoint endpoint, EndpointId id) => endpoint.Signature switch
    {
        SignatureKind.V1a => new SigningKeys.KeyPairs(keySet, id.Value),
        _ => new SigningKeys.Secrets(
            WebhookSecret.Parse(vault.Decrypt(id, endpoint.Secrets.Current)),
            PreviousOf(endpoint.Secrets) is { } previous ? WebhookSecret.Parse(vault.Decrypt(id, previous)) : null,
            endpoint.Secrets.PreviousUntil),
    };

    /// <summary>Returns the headers that the customer has added to the endpoint.</summary>
    public IReadOnlyDictionary<string, string> HeadersOf(WebhookEndpoint endpoint, EndpointId id) => endpoint.Headers is { } headers
        ? JsonSerializer.Deserialize(vault.Decrypt(id, headers.Sealed), WebhookJson.Default.IReadOnlyDictionaryStringString)!
        : ReadOnlyDictionary<string, string>.Empty;

    /// <returns>The encrypted headers; null when there are none.</returns>
    internal SealedHeaders? Seal(EndpointId id, IReadOnlyDictionary<string, string>? headers) => headers is { Count: > 0 }
        ? new SealedHeaders([.. headers.Keys], vault.Encrypt(id, JsonSerializer.Serialize(headers, WebhookJson.Default.IReadOnlyDictionaryStringString)))
        : null;

    /// <summary>Encrypts the headers with the current encryption key.</summary>
    internal SealedHeaders? Renew(EndpointId id, SealedHeaders? headers) =>
        headers is null ? null : headers with { Sealed = vault.Encrypt(id, vault.Decrypt(id, headers.Sealed)) };

    /// <summary>
    /// Stores an endpoint's first secret. An endpoint that is created with <c>v1a</c> signatures also gets a secret, but this secret is
    /// never shown or used. It is replaced when the signature is changed to <c>v1</c>.
    /// </summary>
    /// <param name="own">The secret that the customer has chosen; null to create a secret.</param>
    /// <param name="secret">The secret in plain text.</param>
    internal EndpointSecrets Create(EndpointId id, WebhookSecret? own, out string secret)
    {
        secret = (own ?? WebhookSecret.Create()).Reveal();
        return new EndpointSecrets(vault.Encrypt(id, secret), Previous: null, PreviousUntil: null);
    }

    /// <summary>
    /// Creates a new secret. The current secret becomes the previous secret. If there was already a previous secret, it is no longer
    /// used.
    /// </summary>
    /// <param name="grace">The time for which the current secret remains in use. If it is zero, no earlier secret remains in use.</param>
    /// <param name="secret">The new secret in plain text.</param>
    internal EndpointSecrets Rotate(EndpointId id, EndpointSecrets secrets, TimeSpan grace, out string secret)
    {
        secret = WebhookSecret.Create().Reveal();
        if (grace == TimeSpan.Zero)
        {
            return new EndpointSecrets(vault.Encrypt(id, secret), Previous: null, PreviousUntil: null);
        }

        // The old secret is re-encrypted with the current encryption key. Once the secrets of all endpoints have been rotated, the previous
        // encryption key is no longer needed.
        var previous = vault.Encrypt(id, vault.Decrypt(id, secrets.Current));
        return new EndpointSecrets(vault.Encrypt(id, secret), previous, time.GetUtcNow() + grace);
    }

    private string? PreviousOf(EndpointSecrets secrets) => secrets.PreviousUntil > time.GetUtcNow() ? secrets.Previous : null;
}
