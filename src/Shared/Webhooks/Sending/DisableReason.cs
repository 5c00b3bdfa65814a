using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>Why an endpoint gets no more deliveries; in JSON <c>gone</c> or <c>failing</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DisableReason>))]
public enum DisableReason
{
    /// <summary>It answered 410.</summary>
    [JsonStringEnumMemberName("gone")]
    Gone,

    /// <summary>Nothing has succeeded for <see cref="DeliverySchedule.DisableAfter"/>.</summary>
    [JsonStringEnumMemberName("failing")]
    Failing,
}
