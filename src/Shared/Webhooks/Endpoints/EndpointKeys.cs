using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>Creates and rotates the endpoints' secrets and provides the keys that sign deliveries.</summary>
public sealed class EndpointKeys(SecretVault vault, WebhookKeySet keySet, TimeProvider time)
{
    /// <summary>
    /// The time after a rotation during which deliveries are signed with the replaced secret in addition to the current one. A further
    /// rotation does not shorten this time, because the receiver may not have the newer secrets yet.
    /// </summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    /// <summary>
    /// The maximum number of replaced secrets that deliveries are signed with. It limits the length of the signature header: each secret
    /// adds 48 characters.
    /// </summary>
    internal const int MostPrevious = 10;

    public SigningKeys Of(WebhookEndpoint endpoint, EndpointId id) => endpoint.Signature switch
    {
        SignatureKind.V1a => new SigningKeys.KeyPairs(keySet),
        _ => new SigningKeys.Secrets(
            WebhookSecret.Parse(vault.Decrypt(id, endpoint.Secrets.Current)),
            [.. PreviousOf(endpoint.Secrets).Select(previous => new ReplacedSecret(WebhookSecret.Parse(vault.Decrypt(id, previous.Secret)), previous.Until))]),
    };

    /// <summary>
    /// Creates an endpoint's first secret. An endpoint that uses <c>v1a</c> signatures also gets a secret, but this secret is never shown
    /// or used.
    /// </summary>
    /// <param name="secret">The secret in plain text.</param>
    internal EndpointSecrets Create(EndpointId id, out string secret)
    {
        secret = WebhookSecret.Create().Reveal();
        return new EndpointSecrets(vault.Encrypt(id, secret));
    }

    /// <summary>Returns the current secret in plain text.</summary>
    internal string Reveal(EndpointId id, EndpointSecrets secrets) => vault.Decrypt(id, secrets.Current);

    /// <summary>
    /// Creates a new secret. The current secret becomes the previous secret. A secret that was replaced earlier is used until its own period
    /// ends. If the operation has already created a secret, returns <paramref name="secrets"/> unchanged.
    /// </summary>
    /// <param name="secret">The secret that the operation created, in plain text.</param>
    /// <returns>The secrets; null when <see cref="MostPrevious"/> replaced secrets are still used.</returns>
    internal EndpointSecrets? Rotate(EndpointId id, EndpointSecrets secrets, Operation operation, out string? secret)
    {
        var rotation = operation.Characters("rotation", 26);
        PreviousSecret[] previous = [.. PreviousOf(secrets)];
        var created = secrets.RotationId == rotation ? secrets.Current : previous.FirstOrDefault(known => known.RotationId == rotation)?.Secret;
        if (created is not null)
        {
            secret = vault.Decrypt(id, created);
            return secrets;
        }

        if (previous.Length >= MostPrevious)
        {
            secret = null;
            return null;
        }

        secret = WebhookSecret.Create().Reveal();
        // The replaced secrets are re-encrypted with the current encryption key. Once the secrets of all endpoints have been rotated, the
        // previous encryption key is no longer needed.
        return new EndpointSecrets(
            vault.Encrypt(id, secret), Renewed(secrets.Current), time.GetUtcNow() + Overlap, rotation, secrets.RotationId)
        {
            Older = previous is [] ? null : [.. previous.Select(older => older with { Secret = Renewed(older.Secret) })],
        };

        string Renewed(string encrypted) => vault.Encrypt(id, vault.Decrypt(id, encrypted));
    }

    /// <summary>Returns the replaced secrets that are still used, newest first.</summary>
    private IEnumerable<PreviousSecret> PreviousOf(EndpointSecrets secrets)
    {
        var now = time.GetUtcNow();
        IEnumerable<PreviousSecret> newest = secrets is { Previous: { } previous, PreviousUntil: { } until }
            ? [new PreviousSecret(previous, until, secrets.PreviousRotationId)]
            : [];
        return newest.Concat(secrets.Older ?? []).Where(replaced => replaced.Until > now);
    }
}
