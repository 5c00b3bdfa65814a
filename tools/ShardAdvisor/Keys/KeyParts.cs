namespace ServerlessScale.ShardAdvisor.Keys;

/// <summary>What a level of a partition key is made of; several parts make one string together.</summary>
[Flags]
internal enum KeyParts
{
    None = 0,
    Customer = 1,
    Month = 2,

    /// <summary>A number below the number of buckets, from the order's idempotency key, and so part of the order's id.</summary>
    Bucket = 4,
}
