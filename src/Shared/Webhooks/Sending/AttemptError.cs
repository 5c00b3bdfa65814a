using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>Why an attempt got no response. The names in JSON are camelCase.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptError>))]
public enum AttemptError
{
    /// <summary>A response came, and its status tells the outcome.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>The response was not complete in time.</summary>
    [JsonStringEnumMemberName("timeout")]
    Timeout,

    /// <summary>The TLS handshake failed: the certificate was untrusted, expired or for another host, or no common version was found.</summary>
    [JsonStringEnumMemberName("tls")]
    Tls,

    /// <summary>The host name does not resolve.</summary>
    [JsonStringEnumMemberName("dns")]
    Dns,

    /// <summary>No process listens on the port.</summary>
    [JsonStringEnumMemberName("connectionRefused")]
    ConnectionRefused,

    /// <summary>The network has no route to the address.</summary>
    [JsonStringEnumMemberName("unreachable")]
    Unreachable,

    /// <summary>The connection ended before the response was complete.</summary>
    [JsonStringEnumMemberName("connectionLost")]
    ConnectionLost,

    /// <summary>The guard refused the URL, or an address that its host name resolves to.</summary>
    [JsonStringEnumMemberName("addressRefused")]
    AddressRefused,

    /// <summary>The response was not HTTP, or its headers exceeded 16 KiB.</summary>
    [JsonStringEnumMemberName("invalidAnswer")]
    InvalidResponse,
}
