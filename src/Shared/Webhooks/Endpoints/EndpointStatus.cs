using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>Whether deliveries are sent to an endpoint.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EndpointStatus>))]
public enum EndpointStatus
{
    [JsonStringEnumMemberName("active")]
    Active,

    /// <summary>The customer paused the endpoint and can make it active again.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,

    /// <summary>We disabled the endpoint, because every attempt failed for too long or the receiver said that it is gone.</summary>
    [JsonStringEnumMemberName("disabled")]
    Disabled,

    /// <summary>The customer deleted the endpoint. Its row stays until its deliveries are removed.</summary>
    [JsonStringEnumMemberName("deleted")]
    Deleted,
}
