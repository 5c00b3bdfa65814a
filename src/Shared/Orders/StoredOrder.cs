namespace ServerlessScale.Shared.Orders;

/// <param name="StoreETag">The store's own, for conditional writes.</param>
/// <param name="Session">Cosmos: as much as this read has seen. Null for stores without sessions.</param>
public sealed record StoredOrder(Order Order, string StoreETag, string? Session);
