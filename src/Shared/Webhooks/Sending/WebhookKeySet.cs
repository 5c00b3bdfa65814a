using System.Text.Json;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// The service's Ed25519 keys, from the setting <c>Webhooks:SigningKeys</c>. All of them sign and all are published, so a key is
/// replaced by adding the new one, waiting until receivers have read it, and taking the old one away.
/// </summary>
public sealed class WebhookKeySet(IReadOnlyList<WebhookSigningKey> keys) : IDisposable
{
    public IReadOnlyList<WebhookSigningKey> Keys { get; } = keys;

    /// <summary>The public keys as a JWK set (RFC 7517, <c>application/jwk-set+json</c>), each as RFC 8037 has it.</summary>
    public JsonWebKeySet Published { get; } =
        new([.. keys.Select(key => new JsonWebKey { Kid = key.KeyId, X = key.X })]);

    /// <exception cref="FormatException">A text is no key; the message does not repeat it.</exception>
    public static WebhookKeySet Parse(IEnumerable<string> keys) => new(
    [
        .. keys.Select(text => WebhookSigningKey.TryParse(text, out var key)
            ? key
            : throw new FormatException($"A signing key is {WebhookSigningKey.Prefix} and the base64 of 32 bytes.")),
    ]);

    /// <summary><see cref="Published"/> as UTF-8.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(Published, JsonWebKeyJson.Default.JsonWebKeySet);

    public void Dispose()
    {
        foreach (var key in Keys)
        {
            key.Dispose();
        }
    }
}
