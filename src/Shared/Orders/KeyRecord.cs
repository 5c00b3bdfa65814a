namespace ServerlessScale.Shared.Orders;

/// <summary>What is known of an idempotency key in one shard.</summary>
public sealed record KeyRecord
{
    /// <summary>How long a repeated request is recognised.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary><see cref="IdempotencyKey.RecordId"/>.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// The order that was placed with it. Null in a fence: the key is used in the next month's shard, and nothing may be placed
    /// with it in this one any more.
    /// </summary>
    public string? OrderId { get; init; }

    /// <summary>SHA-256 of the canonical body, base64url; another body under the same key is refused.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>UTC; from then on the key is free again.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
