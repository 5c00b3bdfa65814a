using Azure;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <param name="Body">What is sent, UTF-8; empty where it was not asked for.</param>
/// <param name="ETag">Of the row, for conditional writes.</param>
public sealed record StoredDelivery(DeliveryId Id, Delivery Delivery, byte[] Body, ETag ETag);
