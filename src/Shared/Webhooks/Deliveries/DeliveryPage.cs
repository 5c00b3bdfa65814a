namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <param name="Next">The last row that was looked at, where the listing goes on; null when there are no more.</param>
public sealed record DeliveryPage(IReadOnlyList<StoredDelivery> Deliveries, DeliveryId? Next);
