namespace ServerlessScale.Shared.Orders;

/// <param name="ConsistencyToken">A read that sends it back sees this write.</param>
/// <param name="Replayed">Whether this was answered before, to an earlier request with the same idempotency key.</param>
public sealed record WrittenOrder(Order Order, string ConsistencyToken, bool Replayed = false);
