using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>How an endpoint's deliveries are signed (Standard Webhooks).</summary>
public enum SignatureKind
{
    /// <summary>HMAC-SHA256 with the endpoint's own secret.</summary>
    [JsonStringEnumMemberName("v1")]
    V1,

    /// <summary>Ed25519 (RFC 8032) with the service's key, whose public part is at <c>/.well-known/webhook-keys</c>.</summary>
    [JsonStringEnumMemberName("v1a")]
    V1a,
}
