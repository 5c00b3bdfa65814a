using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Sending.Signing;

/// <summary>
/// The service's Ed25519 keys, from the <c>Webhooks:SigningKeys</c> setting. Every delivery with a <c>v1a</c> signature is signed
/// with every key, and every public key is published. To replace a key, an operator adds the new key, waits until receivers have fetched
/// its public key, and then removes the old key.
/// </summary>
public sealed class WebhookKeySet(IReadOnlyList<WebhookSigningKey> keys) : IDisposable
{
    public IReadOnlyList<WebhookSigningKey> Keys { get; } = keys;

    /// <summary>The public keys as a JWK set (RFC 7517, media type <c>application/jwk-set+json</c>).</summary>
    public JsonWebKeySet Published { get; } =
        new([.. keys.Select(Jwk)]);

    /// <exception cref="FormatException">A string is not a valid key. The message does not contain the string.</exception>
    public static WebhookKeySet Parse(IEnumerable<string> keys) => new(
    [
        .. keys.Select(text => WebhookSigningKey.TryParse(text, out var key)
            ? key
            : throw new FormatException($"A signing key must be {WebhookSigningKey.Prefix} followed by 32 bytes in base64.")),
    ]);

    /// <summary>Returns <see cref="Published"/> as JSON in UTF-8.</summary>
    public byte[] ToJson() => ToJson(Published);

    /// <summary>Returns the public keys of one endpoint as JSON in UTF-8: one key for each of the service's keys.</summary>
    public byte[] ToJson(string endpointId) => ToJson(new JsonWebKeySet([.. OfEndpoint(endpointId, Jwk)]));

    /// <summary>Returns the public keys of one endpoint in their text form.</summary>
    public IReadOnlyList<string> PublicKeysOf(string endpointId) => [.. OfEndpoint(endpointId, key => key.PublicKey)];

    private static JsonWebKey Jwk(WebhookSigningKey key) => new() { Kid = key.KeyId, X = key.X };

    private static byte[] ToJson(JsonWebKeySet set) => JsonSerializer.SerializeToUtf8Bytes(set, JsonWebKeyJson.Default.JsonWebKeySet);

    private IEnumerable<T> OfEndpoint<T>(string endpointId, Func<WebhookSigningKey, T> select)
    {
        foreach (var key in Keys)
        {
            using var own = key.OfEndpoint(endpointId);
            yield return select(own);
        }
    }

    public void Dispose()
    {
        foreach (var key in Keys)
        {
            key.Dispose();
        }
    }
}

/// <summary>A JWK set (RFC 7517 section 5).</summary>
public sealed record JsonWebKeySet(IReadOnlyList<JsonWebKey> Keys);

/// <summary>A public Ed25519 key (RFC 8037 section 2).</summary>
public sealed record JsonWebKey
{
    public string Kty { get; init; } = "OKP";

    public string Crv { get; init; } = "Ed25519";

    /// <summary>The JWK thumbprint of the key (RFC 7638).</summary>
    public required string Kid { get; init; }

    public string Use { get; init; } = "sig";

    public string Alg { get; init; } = "EdDSA";

    /// <summary>The 32 bytes of the public key in base64url without padding.</summary>
    public required string X { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonWebKeySet))]
internal sealed partial class JsonWebKeyJson : JsonSerializerContext;
