using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>A set of public keys (RFC 7517 section 5).</summary>
public sealed record JsonWebKeySet(IReadOnlyList<JsonWebKey> Keys);

/// <summary>A public Ed25519 key (RFC 8037 section 2).</summary>
public sealed record JsonWebKey
{
    public string Kty { get; init; } = "OKP";

    public string Crv { get; init; } = "Ed25519";

    /// <summary>The key's thumbprint (RFC 7638).</summary>
    public required string Kid { get; init; }

    public string Use { get; init; } = "sig";

    public string Alg { get; init; } = "EdDSA";

    /// <summary>The 32 bytes of the key, base64url without padding.</summary>
    public required string X { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonWebKeySet))]
internal sealed partial class JsonWebKeyJson : JsonSerializerContext;
