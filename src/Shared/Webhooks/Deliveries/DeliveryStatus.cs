using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>The state of a delivery.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryStatus>))]
public enum DeliveryStatus
{
    /// <summary>At least one more attempt will be made.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>The receiver accepted the delivery with a 2xx status.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,

    /// <summary>No further attempt is made, unless the customer replays the delivery.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
