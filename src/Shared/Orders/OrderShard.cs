namespace ServerlessScale.Shared.Orders;

/// <summary>Where an order lives: one customer's one month. Everything that must change together is in one shard.</summary>
/// <param name="CustomerId">The token's <c>sub</c>: 1 to 128 characters, any but control characters.</param>
public sealed record OrderShard(string CustomerId, OrderMonth Month);
