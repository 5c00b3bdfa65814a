using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Orders;

/// <summary>What is written when an order is placed.</summary>
public sealed record OrderCreation
{
    public required OrderShard Shard { get; init; }

    public required Order Order { get; init; }

    public required KeyRecord Key { get; init; }

    public required EventEnvelope Event { get; init; }

    /// <summary>An expired record of the same key, to be replaced; null when there is none.</summary>
    public StoredKey? Expired { get; init; }
}
