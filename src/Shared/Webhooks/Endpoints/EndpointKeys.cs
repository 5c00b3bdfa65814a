using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>Makes and replaces endpoints' secrets, and opens them to sign with.</summary>
public sealed class EndpointKeys(SecretVault vault, WebhookKeySet keySet, TimeProvider time)
{
    /// <summary>How long a secret that was replaced goes on signing beside the new one.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    public SigningKeys Of(WebhookEndpoint endpoint, EndpointId id) => endpoint.Signature switch
    {
        SignatureKind.V1a => new SigningKeys.KeyPairs(keySet),
        _ => new SigningKeys.Secrets(
            WebhookSecret.Parse(vault.Open(id, endpoint.Secrets.Current)),
            PreviousOf(endpoint.Secrets) is { } previous ? WebhookSecret.Parse(vault.Open(id, previous)) : null,
            endpoint.Secrets.PreviousUntil),
    };

    /// <summary>An endpoint's first secret. One that is signed for with the service's key gets one, too, which nobody is told.</summary>
    internal EndpointSecrets Create(EndpointId id, out string secret)
    {
        secret = WebhookSecret.Create().Reveal();
        return new EndpointSecrets(vault.Seal(id, secret), Previous: null, PreviousUntil: null);
    }

    /// <summary>A secret in the place of the current one, which becomes the previous one; one from before that ends at once.</summary>
    internal EndpointSecrets Rotate(EndpointId id, EndpointSecrets secrets, out string secret)
    {
        secret = WebhookSecret.Create().Reveal();
        // Sealed anew, so that a rotation of all endpoints rids the store of an old encryption key.
        var previous = vault.Seal(id, vault.Open(id, secrets.Current));
        return new EndpointSecrets(vault.Seal(id, secret), previous, time.GetUtcNow() + Overlap);
    }

    private string? PreviousOf(EndpointSecrets secrets) => secrets.PreviousUntil > time.GetUtcNow() ? secrets.Previous : null;
}
