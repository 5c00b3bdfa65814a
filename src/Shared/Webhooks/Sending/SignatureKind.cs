using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>How deliveries to an endpoint are signed; in JSON <c>v1</c> or <c>v1a</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SignatureKind>))]
public enum SignatureKind
{
    /// <summary>HMAC-SHA256 with the endpoint's own secret.</summary>
    [JsonStringEnumMemberName("v1")]
    V1,

    /// <summary>Ed25519 (RFC 8032) with the service's keys, whose public halves are published.</summary>
    [JsonStringEnumMemberName("v1a")]
    V1a,
}
