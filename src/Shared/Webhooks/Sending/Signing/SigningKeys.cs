using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Sending.Signing;

/// <summary>The signature scheme for an endpoint's deliveries.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SignatureKind>))]
public enum SignatureKind
{
    /// <summary>HMAC-SHA256 with the endpoint's own secret.</summary>
    [JsonStringEnumMemberName("v1")]
    V1,

    /// <summary>Ed25519 (RFC 8032) with the service's private keys, whose public keys are published.</summary>
    [JsonStringEnumMemberName("v1a")]
    V1a,
}

/// <summary>A secret that a rotation has replaced.</summary>
/// <param name="Until">The UTC time until which deliveries are also signed with the secret.</param>
public sealed record ReplacedSecret(WebhookSecret Secret, DateTimeOffset Until);

/// <summary>The keys that sign deliveries to one endpoint.</summary>
public abstract record SigningKeys
{
    private SigningKeys()
    {
    }

    public abstract SignatureKind Kind { get; }

    /// <summary>The keys for <c>v1</c>: the endpoint's secret and, for a while after each rotation, the replaced secrets.</summary>
    /// <param name="Current">The secret that was last shown to the customer.</param>
    /// <param name="Replaced">The secrets that rotations have replaced, newest first.</param>
    public sealed record Secrets(WebhookSecret Current, params IReadOnlyList<ReplacedSecret> Replaced) : SigningKeys
    {
        public override SignatureKind Kind => SignatureKind.V1;
    }

    /// <summary>The keys for <c>v1a</c>: all of the service's signing keys. A delivery has one signature per key.</summary>
    public sealed record KeyPairs(WebhookKeySet KeySet) : SigningKeys
    {
        public override SignatureKind Kind => SignatureKind.V1a;
    }
}
