using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Tests.Unit.Webhooks.Deliveries;

public sealed class DeliveryIdTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly EndpointId Endpoint = EndpointId.New(Noon);

    [Fact]
    public void A_delivery_id_is_derived_from_endpoint_and_event()
    {
        var id = DeliveryId.Of(Endpoint, "evt_1", Noon);

        Assert.Equal(id, DeliveryId.Of(Endpoint, "evt_1", Noon));
        Assert.NotEqual(id, DeliveryId.Of(Endpoint, "evt_2", Noon));
        Assert.NotEqual(id, DeliveryId.Of(EndpointId.New(Noon), "evt_1", Noon));
        Assert.True(DeliveryId.TryParse(id.Value, out var read));
        Assert.Equal((id, Endpoint), (read, read.Endpoint));
    }

    [Fact]
    public void Delivery_ids_sort_by_event_newest_first()
    {
        string[] ids = [.. Enumerable.Range(0, 40).Select(hours => DeliveryId.Of(Endpoint, $"evt_{hours}", Noon.AddHours(hours * hours)).Value)];

        Assert.Equal(ids.Reverse(), ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Endpoint_ids_sort_newest_first()
    {
        string[] ids = [.. Enumerable.Range(0, 40).Select(days => EndpointId.New(Noon.AddDays(days)).Value)];

        Assert.Equal(ids.Reverse(), ids.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("dlv_")]
    [InlineData("dlv_ILOU00000000000000000000000000000000000000000")]
    [InlineData("dlv_00000000000000000000000000000000000000000000'")]
    [InlineData("evt_000000000000000000000000000000000000000000000")]
    public void An_invalid_delivery_id_is_rejected(string? text) => Assert.False(DeliveryId.TryParse(text, out _));
}
