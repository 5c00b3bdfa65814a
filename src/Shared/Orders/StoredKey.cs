namespace ServerlessScale.Shared.Orders;

/// <param name="StoreETag">The store's own, for conditional writes.</param>
public sealed record StoredKey(KeyRecord Record, string StoreETag);
