using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Tests.Unit.Webhooks.Delivering;

public sealed class WebhookMessageTests
{
    private static readonly EndpointId Endpoint = EndpointId.New(DateTimeOffset.UnixEpoch);
    private static readonly DeliveryId Delivery = DeliveryId.Of(Endpoint, "evt_1", DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_delivery_message_survives_serialization()
    {
        var message = new DeliveryMessage("c1", Delivery.Value, Round: 2, Attempt: 3, Deferrals: 4);

        Assert.True(DeliveryMessage.TryParse(message.ToJson(), out var read, out var id));
        Assert.Equal(message, read);
        Assert.Equal(Delivery, id);
    }

    [Fact]
    public void A_recovery_message_survives_serialization()
    {
        var message = new RecoveryMessage("c1", Endpoint.Value, DateTimeOffset.UnixEpoch, Delivery.Value);

        Assert.True(RecoveryMessage.TryParse(message.ToJson(), out var read, out var id));
        Assert.Equal(message, read);
        Assert.Equal(Endpoint, id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"customerId":null,"deliveryId":"dlv_1","endpointId":"ep_1","round":1,"attempt":1,"deferrals":0,"since":"2026-11-25T00:00:00Z"}""")]
    [InlineData("""{"customerId":"c1","deliveryId":"dlv_1","endpointId":"ep_1","round":1,"attempt":1,"deferrals":0,"since":"2026-11-25T00:00:00Z"}""")]
    public void An_invalid_webhook_message_is_rejected(string text)
    {
        Assert.False(DeliveryMessage.TryParse(text, out _, out _));
        Assert.False(RecoveryMessage.TryParse(text, out _, out _));
    }
}
