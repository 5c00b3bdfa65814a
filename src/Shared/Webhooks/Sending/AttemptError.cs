using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>Why an attempt got no answer; in JSON in camelCase.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptError>))]
public enum AttemptError
{
    /// <summary>There is an answer; its status says the rest.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>No complete answer in time.</summary>
    [JsonStringEnumMemberName("timeout")]
    Timeout,

    /// <summary>The handshake failed: an untrusted, expired or wrong certificate, or no common version.</summary>
    [JsonStringEnumMemberName("tls")]
    Tls,

    /// <summary>The host name does not resolve.</summary>
    [JsonStringEnumMemberName("dns")]
    Dns,

    /// <summary>Nobody listens on the port.</summary>
    [JsonStringEnumMemberName("connectionRefused")]
    ConnectionRefused,

    /// <summary>There is no way to the address.</summary>
    [JsonStringEnumMemberName("unreachable")]
    Unreachable,

    /// <summary>The connection ended before the answer.</summary>
    [JsonStringEnumMemberName("connectionLost")]
    ConnectionLost,

    /// <summary>The guard refused the URL, or an address that its host name resolves to.</summary>
    [JsonStringEnumMemberName("addressRefused")]
    AddressRefused,

    /// <summary>What came is not HTTP, or its headers are over the limit of 16 KiB.</summary>
    [JsonStringEnumMemberName("invalidAnswer")]
    InvalidAnswer,
}
